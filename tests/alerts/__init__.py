"""The real Prometheus and Alertmanager around the service: its metrics, its rules, and alerts that reach somebody."""

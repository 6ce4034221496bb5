"""What can go wrong before or beside the work of a process."""


class ServiceError(Exception):
    """Root of this package's errors."""


class InvalidSettings(ServiceError):
    """The process was started with settings it cannot use. Whoever runs the service must correct them."""

"""What is in an image, in CycloneDX's form, for whoever looks for known vulnerabilities."""

from collections.abc import Iterable
from datetime import datetime
from uuid import NAMESPACE_URL, uuid5

from cyclonedx.contrib.license.factories import LicenseFactory
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.output import make_outputter
from cyclonedx.schema import OutputFormat, SchemaVersion
from packageurl import PackageURL

from release.contents import Package

_NAMESPACES = {"deb": "debian"}


def listing(name: str, version: str, digest: str, made: datetime, packages: Iterable[Package]) -> str:
    """The list of an image's packages as JSON. The same image gives the same text."""
    image = Component(type=ComponentType.CONTAINER, name=name, version=version, bom_ref=name)
    bom = Bom(serial_number=uuid5(NAMESPACE_URL, digest), components=[_component(each) for each in packages])
    bom.metadata.component = image
    bom.metadata.timestamp = made
    bom.register_dependency(image, bom.components)
    return str(make_outputter(bom, OutputFormat.JSON, SchemaVersion.V1_6).output_as_string(indent=1)) + "\n"


def _component(package: Package) -> Component:
    scope, _, name = package.name.rpartition("/")
    place = _NAMESPACES.get(package.kind) or scope or None
    url = PackageURL(package.kind, place, name, package.version)
    licences = [LicenseFactory().make_from_string(package.licence)] if package.licence else []
    kind = ComponentType.LIBRARY
    return Component(type=kind, name=package.name, version=package.version, purl=url, bom_ref=str(url), licenses=licences)

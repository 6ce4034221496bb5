"""Whether a terminal image is older than the terminal that MetaQuotes offers for download. Such terminals update at each
start. Pure.
"""

from collections.abc import Iterable

from lockstep_core.json_object import Json
from lockstep_core.resources.copier_account import Condition, ConditionStatus, ConditionType
from lockstep_core.resources.reasons import Reason
from lockstep_operator.progress import UNKNOWN_IMAGE, Finding, ImageFact

_OLD_IMAGE = frozenset({Reason.TERMINAL_UPDATING, Reason.TERMINAL_OUTDATED})


def image_of(finding: Finding, before: Iterable[Condition]) -> ImageFact:
    """What is known of the image after this finding about a pod. `before`: the conditions that were written earlier."""
    if finding.reason in _OLD_IMAGE:
        return ImageFact(False, finding.message)
    written = next((condition for condition in before if condition.type is ConditionType.IMAGE_CURRENT), None)
    # Each new pod makes the condition unknown first, so what is written here is about this pod.
    if written is not None and written.status is ConditionStatus.FALSE:
        return ImageFact(False, written.message)
    return ImageFact(True) if finding.ready else UNKNOWN_IMAGE


def has_old_image(resource: Json) -> bool:
    """Whether the status of this CopierAccount says that its terminal had to update itself."""
    conditions = (resource.get("status") or {}).get("conditions", ())
    return any(
        item.get("type") == ConditionType.IMAGE_CURRENT.value and item.get("status") == ConditionStatus.FALSE.value
        for item in conditions
    )

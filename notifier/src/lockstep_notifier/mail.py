"""The message of a delivery: headers and both kinds of its words. Pure."""

from datetime import datetime
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr

from lockstep_notifier.delivery import Delivery
from lockstep_notifier.mail_page import mail_page, place_for


def is_address(address: str) -> bool:
    """Whether a message can be addressed so."""
    try:
        return bool(address) and bool(Address(addr_spec=address).domain)
    except (ValueError, MessageError):
        return False


def mail(delivery: Delivery, sender: str, site: str, now: datetime) -> EmailMessage:
    """The message. An attempt that is repeated has the same Message-ID, by which servers and readers can know it."""
    reader = delivery.reader
    place = place_for(site, reader)
    page = mail_page(delivery.told, reader, place)
    name, address = parseaddr(sender)
    message = EmailMessage(policy=SMTP)
    message["From"] = Address(name, addr_spec=address)
    message["To"] = Address(addr_spec=reader.address)
    message["Subject"] = page.subject
    message["Date"] = format_datetime(now)
    message["Message-ID"] = f"<outbox.{delivery.told[0].id}@{address.rpartition('@')[2]}>"
    message["List-Unsubscribe"] = f"<{place.unsubscribe}>"
    message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(page.text)
    message.add_alternative(page.html, subtype="html")
    return message

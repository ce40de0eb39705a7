"""An inbox of received packages: verify each once, relate them, write their summary and the register of receipts."""

from docgen.batch.inbox.packages import ReceivedPackage
from docgen.batch.inbox.receive import Reception, ReceptionListener, ReceptionOutcome, receive_packages

__all__ = [
    "ReceivedPackage",
    "Reception",
    "ReceptionListener",
    "ReceptionOutcome",
    "receive_packages",
]

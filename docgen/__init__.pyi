"""The types of what ``import docgen`` offers; a module of its own, since the API stands above all others."""

from docgen.api import Answer as Answer
from docgen.api import Converting as Converting
from docgen.api import Diagnostic as Diagnostic
from docgen.api import DocgenError as DocgenError
from docgen.api import Limits as Limits
from docgen.api import Options as Options
from docgen.api import Resources as Resources
from docgen.api import batch as batch
from docgen.api import build as build
from docgen.api import case as case
from docgen.api import check as check
from docgen.api import fill as fill
from docgen.api import status as status
from docgen.api import verify as verify

__version__: str

"""SQL for remedies: it can be pasted, runs on these very tables, and takes nothing away.

What would destroy something stands in it as a comment, with how to keep it first.
"""

from checker.remedy.backups import backup as backup
from checker.remedy.backups import backup_schema as backup_schema
from checker.remedy.columns import add_required as add_required
from checker.remedy.columns import add_with_default as add_with_default
from checker.remedy.columns import convert as convert
from checker.remedy.columns import fill as fill
from checker.remedy.columns import keep_default as keep_default
from checker.remedy.columns import rename_column_slowly as rename_column_slowly
from checker.remedy.columns import require as require
from checker.remedy.columns import set_default as set_default
from checker.remedy.constraints import add_unverified as add_unverified
from checker.remedy.rows import duplicates as duplicates
from checker.remedy.rows import foreign_keys_off as foreign_keys_off
from checker.remedy.rows import only_where_null as only_where_null
from checker.remedy.rows import orphans as orphans
from checker.remedy.rows import rows_where as rows_where
from checker.remedy.rows import rows_with as rows_with
from checker.remedy.rows import skip_existing as skip_existing
from checker.remedy.values import cut_values as cut_values
from checker.remedy.values import not_among as not_among
from checker.remedy.values import unfitting as unfitting
from checker.remedy.values import unreadable as unreadable
from checker.remedy.views import around_views as around_views
from checker.remedy.views import compatibility_view as compatibility_view
from checker.remedy.views import create_view as create_view
from checker.remedy.views import without_dependents as without_dependents
from checker.spelling import comment as comment
from checker.spelling import literal as literal
from checker.spelling import names as names
from checker.spelling import neutral as neutral
from checker.spelling import qualified as qualified
from checker.spelling import quoted as quoted
from checker.spelling import script as script
from checker.spelling import spelled as spelled
from checker.spelling import statement as statement
from checker.spelling import zero as zero

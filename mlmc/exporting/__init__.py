"""Your files: what somebody asked to take out, and how it stands. The engine is in mlmc.core.exporting."""

from mlmc.exporting.to_mend import TO_MEND

KINDS = [TO_MEND]

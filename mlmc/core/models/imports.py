"""What somebody brought in from earlier records: a file, its rows sealed, and what became of each."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone

from mlmc.core.crypto import EncryptedTextField
from mlmc.core.models.people import Row, User


class Status(models.TextChoices):
    READING = "reading", "being read"
    READY = "ready", "not begun"
    RUNNING = "running", "being brought in"
    STOPPED = "stopped", "stopped"
    FINISHED = "finished", "brought in"
    UNDOING = "undoing", "being taken back"
    UNDONE = "undone", "taken back"


# The whole life of an import on one screen. Only mlmc.core.bringing.lifecycle acts on it.
MOVES = {
    Status.READING: {Status.READY, Status.STOPPED},
    Status.READY: {Status.RUNNING},
    Status.RUNNING: {Status.FINISHED, Status.STOPPED},
    Status.STOPPED: {Status.RUNNING, Status.UNDOING},
    Status.FINISHED: {Status.UNDOING},
    Status.UNDOING: {Status.UNDONE, Status.FINISHED, Status.STOPPED},  # finished again when some of it stays
    Status.UNDONE: {Status.READY},  # the same file with other columns
}
AT_WORK = [Status.READING, Status.RUNNING, Status.UNDOING]


class RowStatus(models.TextChoices):
    WAITING = "waiting", "waiting"
    ACCEPTED = "accepted", "brought in"
    REJECTED = "rejected", "to be mended"
    UNDOING = "undoing", "being taken back"  # within one transaction: what may be removed just now
    UNDONE = "undone", "taken back"
    KEPT = "kept", "stays"  # something was added to it since


class ImportQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Whoever uploaded a file, and nobody else."""
        return self.filter(by=user)


class Import(Row):
    kind = models.CharField(max_length=20)  # of mlmc.core.bringing.kinds
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)
    file_hash = models.BinaryField(max_length=16)  # of its bytes; its name is not kept, for names of files name people
    columns = EncryptedTextField()  # what its first row says, as JSON; it may be no heading at all
    mapping = models.JSONField(default=dict)  # field: number of the column
    status = models.CharField(max_length=10, choices=Status, default=Status.READY)
    problem = models.CharField(max_length=200, blank=True, default="")  # our words
    total = models.PositiveIntegerField(default=0)
    accepted = models.PositiveIntegerField(default=0)  # of the total; what was here already is accepted, too
    rejected = models.PositiveIntegerField(default=0)
    added = models.PositiveIntegerField(default=0)  # of the accepted: new here
    undone = models.PositiveIntegerField(default=0)  # of the added
    kept = models.PositiveIntegerField(default=0)  # of the added: could not be taken back
    begun_at = models.DateTimeField(null=True, blank=True)
    moved_at = models.DateTimeField(null=True, blank=True)  # the latest step; one that stands still is taken up again
    finished_at = models.DateTimeField(null=True, blank=True)
    undone_at = models.DateTimeField(null=True, blank=True)
    forgotten_at = models.DateTimeField(null=True, blank=True)  # since then its rows say nothing any more

    objects = ImportQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(status__in=Status.values), name="import_status_known"),
            models.CheckConstraint(
                condition=Q(total__gte=models.F("accepted") + models.F("rejected")), name="each_row_in_one_set_at_most"
            ),
        ]
        indexes = [
            models.Index(fields=["by", "-made_at"], name="imports_of_mine"),  # bring in
            models.Index(fields=["moved_at"], condition=Q(status__in=AT_WORK), name="imports_at_work"),  # tick
        ]

    def __str__(self):
        return f"Import {self.pk}"

    @property
    def done(self):
        return self.accepted + self.rejected

    @property
    def is_at_work(self):
        return self.status in AT_WORK


class ImportRow(Row):
    """One row of a file. Its cells, and why it was rejected, are sealed, and forgotten after a while."""

    file = models.ForeignKey(Import, models.PROTECT, related_name="rows")
    number = models.PositiveIntegerField()  # as a spreadsheet counts them; the headings are row 1
    cells = EncryptedTextField(null=True)  # as JSON
    status = models.CharField(max_length=8, choices=RowStatus, default=RowStatus.WAITING)
    reasons = EncryptedTextField(null=True, blank=True)  # as JSON: [[column, reason], …]
    fingerprint = models.BinaryField(max_length=16, null=True, blank=True)  # what it says, in any order of columns
    made = ArrayField(models.UUIDField(), default=list)  # ids of what is here because of it

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(status__in=RowStatus.values), name="import_row_status_known"),
            models.UniqueConstraint(fields=["file", "number"], name="one_row_per_number"),
        ]
        indexes = [
            models.Index(fields=["file", "status", "number"], name="import_rows_next"),  # each step
            models.Index(
                fields=["fingerprint"], condition=Q(status__in=["accepted", "kept"]), name="import_rows_known"
            ),  # each step
            models.Index(fields=["file"], condition=Q(status="undoing"), name="import_rows_undoing"),
        ]

    def __str__(self):
        return f"Import row {self.pk}"


class ImportColumn(Row):
    """What a column was taken for the last time: the heading as a blind index, for a first row may hold anything."""

    kind = models.CharField(max_length=20)
    heading = models.BinaryField(max_length=16)
    field = models.CharField(max_length=40)  # empty: left out on purpose

    class Meta:
        indexes = [models.Index(fields=["kind", "heading"], name="import_columns_known")]  # each upload

    def __str__(self):
        return f"Import column {self.pk}"

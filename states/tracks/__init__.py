"""The tracks: one module for each life that is told as a table, and the list of them all."""

from states.track import Track
from states.tracks.conversion import CONVERSION
from states.tracks.letter import LETTER
from states.tracks.monitoring import MONITORING
from states.tracks.notice import NOTICE
from states.tracks.power import POWER
from states.tracks.school import SCHOOL
from states.tracks.support import SUPPORT

TRACKS: dict[str, Track] = {
    track.name: track for track in (SCHOOL, NOTICE, POWER, CONVERSION, SUPPORT, MONITORING, LETTER)
}

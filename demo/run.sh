#!/usr/bin/env bash
# The demo: one half-term of an invented authority, from its register to signed letters. Needs no key, server or network.
set -euo pipefail
cd "$(dirname "$0")/.."

export CASEWORK_HOME=${CASEWORK_HOME:-casework-demo}
export CASEWORK_POLICY=demo/fenshire.toml
SCHOOL=990022 # Kettlemarsh St Guthlac Church of England Primary School, whose return is off track
PATH="$PWD/.venv/bin:$PATH"

say() { printf '\n\033[1m%s\033[0m\n' "$*"; }
run() { printf '\033[2m$ %s\033[0m\n' "$*" >&2; "$@"; }

[ -f "$CASEWORK_HOME/.demo" ] && rm -rf "$CASEWORK_HOME"
if [ -e "$CASEWORK_HOME" ]; then
    echo "$CASEWORK_HOME exists and was not made by the demo. Set CASEWORK_HOME to another folder." >&2
    exit 1
fi
mkdir -p "$CASEWORK_HOME" && touch "$CASEWORK_HOME/.demo"

say "1. The register: 60 invented schools, of which three rows are broken on purpose"
run casework init
run casework register load demo/register.csv --la 999 --on 2025-09-08
run casework contacts load demo/contacts.csv
run casework as-of 2025-09-08

say "2. The first half of the autumn term: every monitored school is asked for its return"
run casework check 2025-26/1 --on 2025-10-20
grep -E 'half_term|2025-26/1' demo/returns.csv >"$CASEWORK_HOME/returns-by-10-november.csv"
run casework returns load "$CASEWORK_HOME/returns-by-10-november.csv" --on 2025-11-10

say "3. The second half, as a Prefect flow: returns are evaluated, silence is flagged, moves are proposed"
run python -m flows half-termly-check --half-term 2025-26/2 --on 2025-12-08 >"$CASEWORK_HOME/check.json"
cat "$CASEWORK_HOME/reports/check-2025-26-2-on-2025-12-08.md"

say "4. An officer decides on one proposal, and allocates Education Challenge Partners"
run casework move $SCHOOL \
    raise_concern --by "Rosalind Thackeray" --role "Assistant Director" --on 2025-12-09 \
    --reason "Pupils' progress in reading and mathematics is off track" --evidence "Half-termly return 2025-26/1"
run casework allocate demo/allocations.csv --by "Imogen Farrow" --role "Head of Fenshire to Good and Great" --on 2025-12-09

say "5. Nothing leaves unsigned: a person approves, then the letters go to the folder, each once"
run casework letters approve --all --by "Amara Stone" --role "Director of Education"
run casework letters send --all

say "6. In January the other returns are in: the same check again does only what is new"
run casework returns load demo/returns.csv --on 2026-01-20
run casework check 2025-26/2 --on 2026-01-20

say "Where to look"
echo "Letters    $CASEWORK_HOME/letters     a PDF for each, an .eml where an address is known"
echo "Report     $CASEWORK_HOME/reports"
echo "A school   CASEWORK_HOME=$CASEWORK_HOME CASEWORK_POLICY=$CASEWORK_POLICY .venv/bin/casework history $SCHOOL"

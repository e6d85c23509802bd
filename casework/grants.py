"""What the role that runs casework on PostgreSQL may do when it is not the owner of the tables: SQL for the owner.

Triggers keep events as they are against everybody but the owner, who can take triggers away. So let the owner only
run `casework init`, and everything else a role that has no more than this.
"""

MAY = {
    "alembic_version": "SELECT",
    "school": "SELECT, INSERT, UPDATE",
    "contact": "SELECT, INSERT, UPDATE",
    "case": "SELECT, INSERT, UPDATE (state, version, head, sealed)",
    "event": "SELECT, INSERT",
    "return": "SELECT, INSERT, UPDATE",
    "letter": "SELECT, INSERT, UPDATE",
    "officer": "SELECT, INSERT, UPDATE",
}


def grants(role: str) -> str:
    """SQL that gives the role exactly this, whatever it had before."""
    name = quoted(role)
    return "\n".join(
        [
            f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {name};",
            f"GRANT USAGE ON SCHEMA public TO {name};",
            *(f"GRANT {rights} ON public.{quoted(table)} TO {name};" for table, rights in MAY.items()),
        ]
    )


def quoted(name: str) -> str:
    """A name as PostgreSQL takes it, whatever is in it."""
    return '"' + name.replace('"', '""') + '"'

"""The wording of the letters, for officers to edit: see README.md. No code lives here."""

# the host tool: see tool/README.md
tool:

"""Pure computation: arrays and dataclasses in, dataclasses out. Nothing here knows Django or a database."""

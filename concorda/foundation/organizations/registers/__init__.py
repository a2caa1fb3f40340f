"""Registers of organizations that others keep: reading them row by row, and loading them without harm.

`reading` turns a file into rows, `sources` says what a row of a register means, `loading` writes it down.
"""

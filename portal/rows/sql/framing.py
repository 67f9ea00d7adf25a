"""How pool and child tell where a message ends: its length stands before it. Standard library only."""

import struct

LENGTH = struct.Struct(">I")

"""How long content stays and who has it destroyed: retention, holds, erasure, seals."""

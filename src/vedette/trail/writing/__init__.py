"""The append path, the durability of what it wrote, and the room that the trail may take."""

"""Control of a run: colours, regions, stroke size, tiles and the memory they need."""

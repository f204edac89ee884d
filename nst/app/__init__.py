"""Programs that use the algorithm: command line, batches, pictures made again."""

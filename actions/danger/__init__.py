"""Words of danger, heard before everything else."""

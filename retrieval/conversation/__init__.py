"""A question that goes on from earlier ones, read so that it stands alone."""

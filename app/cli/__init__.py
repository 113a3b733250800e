"""The command `epochplan`: a client of the service, in this process or of one elsewhere."""

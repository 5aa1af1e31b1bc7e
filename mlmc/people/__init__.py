"""The people page: who works here, in which roles, and handing over when somebody leaves."""

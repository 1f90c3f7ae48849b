"""policy_lab: versions of a policy, and the recorded past rehearsed under another one."""

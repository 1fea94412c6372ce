/** The file that users, groups, roles, tokens and rights stand in (cfs_lock_file in PVE/AccessControl.pm). */
export const userConfig = "cluster:user.cfg";

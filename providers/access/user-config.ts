/** The file that users, groups, roles, tokens, rights and pools stand in (cfs_lock_file in PVE/AccessControl.pm). */
export const userConfig = "cluster:user.cfg";

/** The lock of user.cfg: users, groups, tokens, rights and pools stand in this one file. */
export const userConfig = "cluster:user.cfg";

/** user.cfg, priv/token.cfg, priv/shadow.cfg and domains.cfg of one cluster. */
export interface Access {
  users: Record<string, User>;
  groups: Record<string, Group>;
  /** Roles that were added; the built-in ones are code. */
  roles: Record<string, string[]>;
  acl: Acl[];
  domains: Record<string, Domain>;
  /** Passwords by user id; the simulator keeps them as they are. */
  passwords: Record<string, string>;
  /** Second factors by user id (priv/tfa.cfg). */
  tfa?: Record<string, SecondFactor[]>;
}

export interface SecondFactor {
  id: string;
  type: "totp" | "recovery";
  description?: string;
  created: number;
  enable?: 0;
  /** Of `totp`: the address with the secret. */
  uri?: string;
  /** Of `recovery`: those not used yet. */
  keys?: string[];
}

export interface User {
  enable: number;
  /** Absent only for root@pam without a line in user.cfg. */
  expire?: number;
  firstname?: string;
  lastname?: string;
  email?: string;
  comment?: string;
  keys?: string;
  tokens: Record<string, Token>;
}

export interface Token {
  secret: string;
  privsep: number;
  expire: number;
  comment?: string;
}

export interface Group {
  comment?: string;
  users: string[];
}

/** One line of the access control list. */
export interface Acl {
  path: string;
  type: "user" | "group" | "token";
  ugid: string;
  roleid: string;
  propagate: number;
}

export interface Domain {
  type: string;
  comment?: string;
  default?: number;
  [option: string]: string | number | undefined;
}

export interface Pool {
  comment?: string;
  vms: number[];
  storage: string[];
}

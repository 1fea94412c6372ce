/** One privilege on one path; `*` in the path stands for what is not known before `up`. */
export interface Right {
  readonly path: string;
  readonly privilege: string;
}

/** What has to be allowed for a call: a tree, as the conditions of Proxmox are one. */
export type Need =
  | Right
  | { readonly all: readonly Need[] }
  /** The first is what a role gets, unless it has another of them anyway. */
  | { readonly any: readonly Need[] }
  /** The user who calls is this one: no right is needed then. */
  | { readonly self: string }
  /** Only root@pam may, signed in by its password. */
  | "root";

export const right = (path: string, ...privileges: readonly string[]): Need =>
  all(...privileges.map((privilege) => ({ path, privilege })));

/** One of these privileges on a path. */
export const oneOf = (path: string, ...privileges: readonly string[]): Need =>
  any(...privileges.map((privilege) => ({ path, privilege })));

export const all = (...needs: readonly Need[]): Need => (needs.length === 1 ? (needs[0] as Need) : { all: needs });
export const any = (...needs: readonly Need[]): Need => (needs.length === 1 ? (needs[0] as Need) : { any: needs });

const name = "[A-Za-z0-9.\\-_]+";
const valid = new RegExp(
  `^(?:${[
    "/",
    `/access(?:/(?:groups|realm)(?:/${name})?)?`,
    `/nodes(?:/${name})?`,
    `/pool(?:/${name}(?:/${name}){0,2})?`,
    "/sdn",
    "/sdn/controllers(?:/[A-Za-z0-9_-]+)?",
    "/sdn/(?:dns|fabrics|ipams|prefix-lists|route-maps)(?:/[A-Za-z0-9]+)?",
    `/sdn/zones(?:/${name}(?:/${name}(?:/[1-9][0-9]{0,3})?)?)?`,
    `/storage(?:/${name})?`,
    "/vms(?:/[1-9][0-9]{2,})?",
    `/mapping(?:/${name}(?:/${name})?)?`,
  ].join("|")})$`,
);

/** `vms` and `/vms/` are `/vms`; undefined for what is no path (normalize_path in PVE/AccessControl.pm). */
export function normalisePath(path: string): string | undefined {
  if (path === "" || path === "0") return undefined;
  let clean = path.replace(/\/+/g, "/").replace(/\/$/, "");
  if (clean === "") clean = "/";
  if (!clean.startsWith("/")) clean = `/${clean}`;
  return /^[A-Za-z0-9.\-_/]+$/.test(clean) ? clean : undefined;
}

/** Whether an ACL may be set there (check_path in PVE/AccessControl.pm). */
export function isAclPath(path: string): boolean {
  return valid.test(path);
}

import { contract, type ApiMethod } from "../contract/index.js";
import type { Handler } from "./call.js";

/** Where a request leads. */
export interface Route {
  /** `METHOD /path/{template}`. */
  readonly key: string;
  readonly endpoint: ApiMethod;
  /** Undefined while the endpoint is not built. */
  readonly handler: Handler | undefined;
  /** Values of the template's variables. */
  readonly variables: Readonly<Record<string, string>>;
}

interface Branch {
  readonly literal: Map<string, Branch>;
  variable?: { readonly name: string; readonly branch: Branch };
  readonly methods: Map<string, { key: string; endpoint: ApiMethod; handler: Handler | undefined }>;
}

const newBranch = (): Branch => ({ literal: new Map(), methods: new Map() });

/** Finds the endpoint of a decoded path, or undefined. */
export type FindRoute = (method: string, path: string) => Route | undefined;

/** The routes of the contract, with the handlers of those that are built. */
export function routing(handlers: () => Readonly<Record<string, Handler>>): FindRoute {
  let tree: Branch | undefined;
  return (method, path) => findIn((tree ??= build(handlers())), method, path);
}

function findIn(tree: Branch, method: string, path: string): Route | undefined {
  const variables: Record<string, string> = {};
  let branch = tree;
  const segments = path.split("/").filter(Boolean);
  for (const [index, segment] of segments.entries()) {
    const literal = branch.literal.get(segment);
    if (literal) {
      branch = literal;
      continue;
    }
    // What stands for a parameter is matched with \S+ (PVE/RESTHandler.pm; scenario 45, lines 78 and 406).
    if (!branch.variable || /\s/.test(segment)) return undefined;
    const { name } = branch.variable;
    branch = branch.variable.branch;
    // The name of a volume or a network goes on to the end of the path, slashes included.
    if (name === "volume" || name === "cidr") {
      variables[name] = segments.slice(index).join("/");
      break;
    }
    variables[name] = segment;
  }
  const found = branch.methods.get(method);
  return found && { ...found, variables };
}

function build(handlers: Readonly<Record<string, Handler>>): Branch {
  const root = newBranch();
  for (const [key, endpoint] of Object.entries(contract())) {
    const [method = "", template = ""] = key.split(" ");
    let branch = root;
    for (const segment of template.split("/").filter(Boolean)) branch = descend(branch, segment);
    branch.methods.set(method, { key, endpoint, handler: handlers[key] });
  }
  return root;
}

function descend(branch: Branch, segment: string): Branch {
  const name = /^\{(.+)\}$/.exec(segment)?.[1];
  if (name !== undefined) {
    branch.variable ??= { name, branch: newBranch() };
    return branch.variable.branch;
  }
  let next = branch.literal.get(segment);
  if (!next) branch.literal.set(segment, (next = newBranch()));
  return next;
}

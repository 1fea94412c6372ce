import { randomUUID } from "node:crypto";
import { refusal, textOf, type Answer } from "./infisical-answers";

/** Secrets of a folder by name; a value that the identity may not see is `hidden`. */
export type Folder = Record<string, string | { readonly hidden: true }>;
/** Project id -> slug of the environment -> path -> secrets. */
export type Projects = Record<string, Record<string, Record<string, Folder>>>;

/** What the identity's role lets it do (project-permission.ts); everything unless a test says otherwise. */
export interface Permissions {
  readValue: boolean;
  create: boolean;
  edit: boolean;
  delete: boolean;
  createFolder: boolean;
}

/** Where a secret is. */
interface At {
  readonly project: string;
  readonly environment: string;
  readonly path: string;
}

interface Held {
  readonly id: string;
  readonly version: number;
  readonly value: string;
  readonly comment: string;
  readonly hidden: boolean;
}

/**
 * The secrets of the stub with what Infisical keeps of each: an id for as long as it is there, and a version that counts
 * its changes. A value that a test has written into `projects` by itself is somebody else's change.
 */
export class InfisicalFolders {
  readonly #held = new Map<string, Held>();

  readonly may: Permissions = { readValue: true, create: true, edit: true, delete: true, createFolder: true };

  constructor(private readonly projects: Projects) {}

  /** The folder is there, or one in it is. */
  has(project: string, environment: string, path: string): boolean {
    const folders = this.projects[project]?.[environment];
    if (!folders) return false;
    return path === "/" || Object.keys(folders).some((known) => known === path || known.startsWith(`${path}/`));
  }

  make(project: string, environment: string, path: string): void {
    const folders = this.projects[project]?.[environment];
    if (!folders) throw new Error(`there is no environment ${environment}`);
    folders[path] ??= {};
  }

  find(project: string, environment: string, path: string, name: string): Held | undefined {
    const key = JSON.stringify([project, environment, path, name]);
    const there = this.projects[project]?.[environment]?.[path]?.[name];
    if (there === undefined) {
      this.#held.delete(key);
      return undefined;
    }
    const hidden = typeof there !== "string";
    const value = hidden ? "" : there;
    const known = this.#held.get(key) ?? { id: randomUUID(), version: 1, value, comment: "", hidden };
    const now = known.value === value ? { ...known, hidden } : { ...known, value, hidden, version: known.version + 1 };
    this.#held.set(key, now);
    return now;
  }

  /** A change through the API; white space at the ends goes, but for one line end (secret-router.ts). */
  put(...[project, environment, path, name, value, comment]: [string, string, string, string, string, string]): void {
    const before = this.find(project, environment, path, name);
    const kept = value.endsWith("\n") ? `${value.trim()}\n` : value.trim();
    const folder = this.projects[project]?.[environment];
    if (!folder) throw new Error(`there is no environment ${environment}`);
    (folder[path] ??= {})[name] = kept;
    const { id = randomUUID(), version = 0 } = before ?? {};
    const key = JSON.stringify([project, environment, path, name]);
    this.#held.set(key, { id, version: version + 1, value: kept, comment, hidden: false });
  }

  remove(project: string, environment: string, path: string, name: string): void {
    delete this.projects[project]?.[environment]?.[path]?.[name];
    this.find(project, environment, path, name);
  }

  /** Reads or changes one secret, or refuses, in the order of the service. */
  answer(verb: string, at: At, name: string, given: Readonly<Record<string, unknown>>): Answer {
    const { project, environment, path } = at;
    if (!this.has(project, environment, path))
      return refusal(404, "NotFound", `Folder with path '${path}' in environment with slug '${environment}' not found`);
    const found = this.find(project, environment, path, name);
    const denied = (action: string) => refusal(403, "PermissionDenied", `You are not allowed to ${action} on secrets`);
    const seen = (hidden: boolean): Answer => ({
      status: 200,
      body: { secret: this.view(at, name, hidden) },
    });
    if (verb === "read") {
      if (!found) return refusal(404, "NotFound", `Secret with name '${name}' not found`);
      const wanted = given["viewSecretValue"] !== "false";
      if (wanted && (!this.may.readValue || found.hidden))
        return refusal(
          403,
          "PermissionDenied",
          `You do not have permission to view secret value on secret with name '${name}'`,
        );
      return seen(!wanted);
    }
    if (verb === "create") {
      if (found) return refusal(400, "BadRequest", "Secret already exist");
      if (!this.may.create) return denied("create");
      this.put(project, environment, path, name, textOf(given["secretValue"]), textOf(given["secretComment"]));
      return seen(false);
    }
    if (verb === "update") {
      if (!found) return refusal(404, "NotFound", `Secret with name ${name} not found`);
      if (!this.may.edit) return denied("edit");
      const { secretValue, secretComment } = given;
      const value = secretValue === undefined ? found.value : textOf(secretValue);
      const comment = secretComment === undefined ? found.comment : textOf(secretComment);
      this.put(project, environment, path, name, value, comment);
      return seen(!this.may.readValue);
    }
    if (!found) return refusal(404, "NotFound", "Secret not found");
    if (!this.may.delete) return denied("delete");
    const answer = seen(!this.may.readValue);
    this.remove(project, environment, path, name);
    return answer;
  }

  /** As the API shows it. */
  view(at: At, secretKey: string, hide: boolean) {
    const { project: workspace, environment, path: secretPath } = at;
    const found = this.find(workspace, environment, secretPath, secretKey);
    if (!found) throw new Error(`there is no secret ${secretKey}`);
    const { id, version, value, comment } = found;
    const hidden = hide || found.hidden;
    return {
      ...{ id, _id: id, workspace, environment, version, type: "shared", secretKey },
      ...{ secretValue: hidden ? "<hidden-by-infisical>" : value, secretValueHidden: hidden, secretComment: comment },
      ...{ secretPath, tags: [], secretMetadata: [], createdAt: new Date(0), updatedAt: new Date(0) },
    };
  }
}

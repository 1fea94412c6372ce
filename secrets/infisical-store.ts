import type { InfisicalSDK as Sdk } from "@infisical/sdk";
import { isNoChange, UnsureWrite, whatIsMissing } from "./infisical-errors";
import type { Folder, InfisicalClient, PlaceGiven } from "./infisical-client";
import { SourceRefused } from "./source";

/** A secret as it is in the store. */
export interface StoredSecret {
  /** The same as long as the secret is there, whatever its value; one that is made again has another. */
  readonly id: string;
  /** One more with each change of it. */
  readonly version: number;
  readonly comment: string;
  /** Undefined where it was not asked for, or may not be seen. */
  readonly value: string | undefined;
}

/** Where a secret is, or is to be. */
export interface SecretPlace extends Folder {
  readonly secretName: string;
}

/** A look: the secret; or what is not there. */
export type SecretSeen = StoredSecret | "no secret" | "no folder";

/** What is to be in the store. */
interface SecretContent {
  readonly value: string;
  readonly comment: string;
}

/** A store that secrets are written to. */
export interface SecretStore {
  /** The place, with what the stack's config says; throws where that is not enough. */
  at(secretName: string, given: PlaceGiven): SecretPlace;
  /** What is missing in the stack's config. */
  unconfigured(given: PlaceGiven): string | undefined;
  /** The place for people. */
  place(at: SecretPlace): string;
  /** What is there now, never what was there before. `withValue: false` asks for no value. */
  read(at: SecretPlace, withValue?: boolean): Promise<SecretSeen>;
  makeFolder(at: SecretPlace): Promise<void>;
  /**
   * Brings it to this. `mayChange` is asked directly before each attempt with what is there then, and throws for what is
   * somebody else's. A write whose answer was lost is looked for, and not made twice.
   */
  write(at: SecretPlace, wanted: SecretContent, mayChange: (seen: SecretSeen) => void): Promise<StoredSecret>;
  /** Deletes it; `mayGo` is asked directly before each attempt, and false leaves what is there. */
  remove(at: SecretPlace, mayGo: (seen: StoredSecret) => boolean): Promise<"gone" | "left">;
}

const attempts = 4;

export class InfisicalStore implements SecretStore {
  constructor(
    private readonly client: InfisicalClient,
    /** What was read before is worth nothing after a change. */
    private readonly changed: () => void,
  ) {}

  at(secretName: string, given: PlaceGiven): SecretPlace {
    return { ...this.client.folder(given), secretName };
  }

  unconfigured(given: PlaceGiven): string | undefined {
    return this.client.unconfigured(given);
  }

  place(at: SecretPlace): string {
    return `${this.client.place(at)}, secret ${at.secretName}`;
  }

  async read(at: SecretPlace, withValue = true): Promise<SecretSeen> {
    const { secretName, projectId, environment, path } = at;
    const where = this.place(at);
    return this.client.ask(where, "read", async (sdk) => {
      try {
        const options = { secretName, projectId, environment, secretPath: path, includeImports: false };
        const found = await sdk.secrets().getSecret({
          ...options,
          // References in a value would be replaced by what they lead to.
          expandSecretReferences: false,
          viewSecretValue: withValue,
        });
        return stored(found, where);
      } catch (error) {
        const missing = whatIsMissing(error);
        if (missing === undefined) throw error;
        return missing;
      }
    });
  }

  async makeFolder(at: SecretPlace): Promise<void> {
    const { projectId, environment, path } = at;
    const steps = path.split("/").filter(Boolean);
    const name = steps.pop();
    // The root is always there: then it is the environment that is not.
    if (name === undefined) throw new SourceRefused(`${this.place(at)}: there is no such environment or project`);
    // The server makes those above it too, and does nothing where it is there.
    await this.client.ask(this.place(at), "make a folder", (sdk) =>
      sdk.folders().create({ name, path: `/${steps.join("/")}`, projectId, environment }),
    );
  }

  async write(at: SecretPlace, wanted: SecretContent, mayChange: (seen: SecretSeen) => void): Promise<StoredSecret> {
    const { secretName, projectId, environment, path } = at;
    const options = { projectId, environment, secretPath: path };
    return this.unsure(async () => {
      const seen = await this.read(at);
      if (isThere(seen) && seen.value === wanted.value && seen.comment === wanted.comment) return seen;
      mayChange(seen);
      const content = { secretValue: wanted.value, secretComment: wanted.comment };
      const { secret } = await this.send(at, (sdk) =>
        isThere(seen)
          ? sdk.secrets().updateSecret(secretName, { ...options, ...content })
          : sdk.secrets().createSecret(secretName, { ...options, ...content }),
      );
      return { ...stored(secret, this.place(at)), ...wanted };
    });
  }

  async remove(at: SecretPlace, mayGo: (seen: StoredSecret) => boolean): Promise<"gone" | "left"> {
    const { secretName, projectId, environment, path } = at;
    return this.unsure(async () => {
      const seen = await this.read(at);
      if (!isThere(seen)) return "gone";
      if (!mayGo(seen)) return "left";
      await this.send(at, (sdk) =>
        sdk.secrets().deleteSecret(secretName, { projectId, environment, secretPath: path }),
      );
      return "gone";
    });
  }

  /** Looks and sends again where it is not known whether it has happened. */
  private async unsure<T>(work: () => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await work();
      } catch (error) {
        if (!(error instanceof UnsureWrite)) throw error;
        if (attempt >= attempts) throw error.explained;
      }
      await this.client.pause(500 * 2 ** attempt);
    }
  }

  private async send<T extends object>(at: SecretPlace, work: (sdk: Sdk) => Promise<T>): Promise<T> {
    const where = this.place(at);
    try {
      const answer = await this.client.ask(where, "write", work, false);
      if (isNoChange(answer))
        throw new SourceRefused(
          `${where}: a policy there asks for approval; a change request was opened, and nothing is written before somebody approves it`,
        );
      return answer;
    } finally {
      this.changed();
    }
  }
}

export const isThere = (seen: SecretSeen): seen is StoredSecret => typeof seen === "object";

type SdkSecret = Awaited<ReturnType<ReturnType<Sdk["secrets"]>["getSecret"]>>;

function stored(secret: SdkSecret | undefined, where: string): StoredSecret {
  const { id, version, secretComment = "", secretValue, secretValueHidden } = secret ?? ({} as Partial<SdkSecret>);
  if (typeof id !== "string" || id === "" || typeof version !== "number")
    throw new SourceRefused(`${where}: the answer is no secret; is proxmox:infisicalUrl right?`);
  return { id, version, comment: secretComment, value: secretValueHidden ? undefined : secretValue };
}

import { z } from "zod";

/** Names of packages (Debian policy, 5.6.7): no option and no pattern of apt's has this form. */
const packageName = /^[a-z0-9][a-z0-9+.-]+$/;
/** Versions (deb-version(7)). */
const packageVersion = /^(?:\d+:)?\d[A-Za-z0-9.+~:-]*$/;

export const isPackageName = (text: string): boolean => packageName.test(text);

const nameText =
  "write a package's name as Debian has it: small letters, digits, + - and dots, two characters at least";

export const packageNameField = () => z.string().regex(packageName, nameText);

/** `htop`, or `htop=3.4.1-5`. */
export const packageField = () =>
  z.string().superRefine((text, ctx) => {
    const { name, version } = parsePackage(text);
    // apt reads a name that ends so as what is to be removed, whatever the command says.
    if (!packageName.test(name) || name.endsWith("-")) ctx.addIssue({ code: "custom", message: nameText });
    else if (version !== undefined && !packageVersion.test(version))
      ctx.addIssue({
        code: "custom",
        message: "write the version behind the equals sign as apt shows it: htop=3.4.1-5",
      });
  });

export function parsePackage(text: string): { name: string; version?: string } {
  const at = text.indexOf("=");
  return at < 0 ? { name: text } : { name: text.slice(0, at), version: text.slice(at + 1) };
}

export const noneTwice =
  (nameOf: (item: string) => string) =>
  (list: readonly string[], ctx: z.core.$RefinementCtx): void =>
    list.forEach((item, index) => {
      if (list.findIndex((other) => nameOf(other) === nameOf(item)) < index)
        ctx.addIssue({ code: "custom", path: [index], message: "is named twice; name each package once" });
    });

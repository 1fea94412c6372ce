import { z } from "zod";

export const fingerprint = z
  .string()
  .regex(
    /^(?:[0-9a-f]{2}:){31}[0-9a-f]{2}$/i,
    "write the SHA-256 fingerprint: 32 pairs of hexadecimal digits with colons",
  );

export const address = z.string().superRefine((text, ctx) => {
  const wrong = (message: string) => ctx.addIssue({ code: "custom", message });
  if (text.includes("@"))
    wrong(
      "write the address alone, without user and password: they belong into tokenId and tokenSecret, or username and password",
    );
  else if (!/^https:\/\/[^/\s?#]+\/?$/.test(text) || !URL.canParse(text))
    wrong("write an address such as https://192.168.3.5:8006, without a path");
});

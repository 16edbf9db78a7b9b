/** Which encoding a text file has (IMP-11): UTF-8 if it can be read so, else what Russian spreadsheets write. */

export const ENCODINGS = ["utf-8", "windows-1251", "utf-16le", "utf-16be"] as const;
export type Encoding = (typeof ENCODINGS)[number];

/**
 * @param bytes the whole file, or as much of its beginning as there is
 * @param whole false: the last character may be cut off
 */
export function encodingOf(bytes: Uint8Array, whole = true): Encoding {
  const [first, second] = bytes;
  if (first === 0xff && second === 0xfe) return "utf-16le";
  if (first === 0xfe && second === 0xff) return "utf-16be";
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(bytes, { stream: !whole });
    return "utf-8";
  } catch {
    return "windows-1251";
  }
}

/** Whether these bytes are text at all: no text of ours has the byte 0, but in UTF-16 every other one is. */
export function isText(bytes: Uint8Array): boolean {
  return encodingOf(bytes, false).startsWith("utf-16") || !bytes.includes(0);
}

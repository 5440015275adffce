import { InvalidInput } from '../domain/errors.ts';

export interface FormFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/**
 * The file of a body: the first file of a form (`multipart/form-data`) or its field `file`, or the body itself where it is a CSV. Throws
 * `InvalidInput`: 415 for another medium, 400 for a form without a file.
 */
export async function readFormFile(contentType: string | undefined, bytes: Uint8Array): Promise<FormFile> {
  const media = contentType?.split(';', 1)[0]?.trim().toLowerCase();
  if (media === 'text/csv') return { name: 'body.csv', bytes };
  if (media !== 'multipart/form-data') {
    throw new InvalidInput('content-type', 'Send the file as multipart/form-data, or as a body of text/csv.', {
      status: 415,
    });
  }
  const form = await parseForm(contentType ?? '', bytes);
  for (const value of form.values()) {
    if (value instanceof File) return { name: value.name, bytes: new Uint8Array(await value.arrayBuffer()) };
  }
  // Some senders give a file no name, which makes it a field.
  const text = form.get('file');
  if (typeof text === 'string') return { name: 'file', bytes: Buffer.from(text) };
  const message = 'The form holds no file.';
  throw new InvalidInput('invalid-body', message, { issues: [{ path: 'file', message }] });
}

async function parseForm(contentType: string, bytes: Uint8Array): Promise<FormData> {
  try {
    return await new Response(Buffer.from(bytes), { headers: { 'content-type': contentType } }).formData();
  } catch (cause) {
    const message = 'The form cannot be read.';
    throw new InvalidInput('invalid-body', message, { cause, issues: [{ path: '(root)', message }] });
  }
}

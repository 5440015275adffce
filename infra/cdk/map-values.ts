/** The record with each value replaced by what `make` gives for it; the names stay. */
export function mapValues<Name extends string, From, To>(
  record: Readonly<Record<Name, From>>,
  make: (value: From, name: Name) => To,
): Readonly<Record<Name, To>> {
  const made: Partial<Record<Name, To>> = {};
  for (const name in record) made[name] = make(record[name], name);
  // Every name was just set; the compiler cannot see that a loop covers a record.
  return made as Record<Name, To>;
}

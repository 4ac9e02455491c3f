/**
 * The parts of DuckDB's API that are used for floors. It is not a dependency: floors are left out unless it is
 * installed with `npm install --no-save @duckdb/node-api`.
 */
export interface Duck {
  run(sql: string): Promise<{ fetchChunk(): Promise<unknown> }>;
}

export async function duckdb(): Promise<Duck | undefined> {
  const name = '@duckdb/node-api';
  try {
    const module = (await import(name)) as {
      DuckDBInstance: { create(path: string): Promise<{ connect(): Promise<Duck> }> };
    };
    return (await module.DuckDBInstance.create(':memory:')).connect();
  } catch {
    process.stderr.write(`bench: without ${name} tables are measured against nothing\n`);
    return undefined;
  }
}

/** What is used of DuckDB, the floor. It is no dependency: without it (`npm install --no-save @duckdb/node-api`) there are no floors. */
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

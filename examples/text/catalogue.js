const words = ['green', 'black', 'white', 'roasted', 'smoked', 'jasmine', 'mountain', 'spring', 'autumn', 'leaf', 'tea', 'coffee', 'cup', 'pot', 'kettle', 'filter', 'tin', 'spoon'];
const products = Array.from({ length: 6000 }, (_, id) => ({
  id, name: [words[id % 10], words[(id * 7) % 10], words[10 + (id % 8)]].join(' '), cents: 300 + ((id * 7919) % 4700), stock: (id * 31) % 40,
}));
/** The products that are named most like `query`, at most `most` of them, from the `from`-th on. */
export function search(query, most, from = 0) {
  return ranked(query.trim().toLowerCase()).slice(from, from + Math.min(most, 50)).map(withTax);
}
const known = new Map();
function ranked(query) {
  const found = known.get(query) ?? rank(products, query);
  if (known.size > 200) known.delete(known.keys().next().value);
  return known.set(query, found) && found;
}
function rank(list, query) {
  if (!query) return list;
  const scored = list.map((product) => ({ product, score: distance(product.name, query) }));
  return scored.sort((a, b) => a.score - b.score || a.product.id - b.product.id).map(({ product }) => product);
}
function distance(a, b) {
  if (a === b) return 0;
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) row = nextRow(row, a, b, i);
  return row[b.length];
}
function nextRow(row, a, b, i) {
  const next = [i];
  for (let j = 1; j <= b.length; j++) next[j] = Math.min(row[j] + 1, next[j - 1] + 1, row[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1));
  return next;
}
function withTax(product) {
  return { ...product, cents: Math.round(product.cents * 1.19) };
}
export function price(id) {
  return withTax(products[id % products.length] ?? products[0]);
}
export function render(title, list) {
  return `<!doctype html><html lang="en"><title>${title}</title><link rel="stylesheet" href="/style.css"><h1>Tea and coffee</h1><ul>${list.map(item).join('')}</ul><script src="/app.js"></script>`;
}
function item(product) {
  return `<li><img src="/img/${product.id}.svg" width="120" height="90" alt=""> ${escapeText(product.name)} ${(product.cents / 100).toFixed(2)}</li>`;
}
function escapeText(text) {
  return text.replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`);
}

import { execFileSync } from 'node:child_process';

// Archives and workbooks written by Python's standard library.

/** Runs a Python program with these arguments. Throws if Python is missing or the program fails. */
function python(program: string, ...args: (string | number)[]): void {
  execFileSync('python3', ['-c', program, ...args.map(String)], { stdio: ['ignore', 'ignore', 'inherit'] });
}

/** Writes a zip or a tar, by the path's extension, with members of `each` bytes. */
export function manyMembers(path: string, size: number, each: number): void {
  python(MEMBERS, path, Math.max(1, Math.floor(size / each)), Math.min(size, each));
}

/** Writes a gzipped tar of text, about `size` bytes compressed. */
export function compressed(path: string, size: number): void {
  const each = Math.min(size, 500_000);
  python(COMPRESSED, path, Math.max(1, Math.floor(size / each)), each);
}

/** Writes a workbook with one sheet. A row takes about 16 bytes compressed. */
export function sheets(path: string, size: number): void {
  python(SHEET, path, Math.max(20, Math.floor(size / 54)));
}

const MEMBERS = `
import io, os, sys, tarfile, zipfile
path, count, each = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
body = os.urandom(each)
name = lambda i: 'folder/part-%d/file-%d.bin' % (i % 50, i)
if path.endswith('.zip'):
    with zipfile.ZipFile(path, 'w') as out:
        for i in range(count): out.writestr(name(i), body)
else:
    with tarfile.open(path, 'w') as out:
        for i in range(count):
            info = tarfile.TarInfo(name(i))
            info.size = len(body)
            out.addfile(info, io.BytesIO(body))
`;

const COMPRESSED = `
import base64, io, os, sys, tarfile
path, count, each = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
bodies = [base64.encodebytes(os.urandom(each)) for _ in range(4)]
with tarfile.open(path, 'w:gz', compresslevel=1) as out:
    for i in range(count):
        info = tarfile.TarInfo('folder/part-%d/file-%d.txt' % (i % 50, i))
        info.size = len(bodies[i % 4])
        out.addfile(info, io.BytesIO(bodies[i % 4]))
`;

const SHEET = `
import random, sys, zipfile
path, count = sys.argv[1], int(sys.argv[2])
main = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main'
office = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships'
package = 'http://schemas.openxmlformats.org/package/2006'
sheets = 'application/vnd.openxmlformats-officedocument.spreadsheetml'
head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
with zipfile.ZipFile(path, 'w', zipfile.ZIP_DEFLATED, compresslevel=1) as out:
    out.writestr('[Content_Types].xml', head + (
        '<Types xmlns="%s/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        '<Override PartName="/xl/workbook.xml" ContentType="%s.sheet.main+xml"/>'
        '<Override PartName="/xl/worksheets/sheet1.xml" ContentType="%s.worksheet+xml"/>'
        '</Types>') % (package, sheets, sheets))
    out.writestr('_rels/.rels', head + (
        '<Relationships xmlns="%s/relationships">'
        '<Relationship Id="r1" Type="%s/officeDocument" Target="xl/workbook.xml"/>'
        '</Relationships>') % (package, office))
    out.writestr('xl/_rels/workbook.xml.rels', head + (
        '<Relationships xmlns="%s/relationships">'
        '<Relationship Id="r1" Type="%s/worksheet" Target="worksheets/sheet1.xml"/>'
        '</Relationships>') % (package, office))
    out.writestr('xl/workbook.xml', head + (
        '<workbook xmlns="%s" xmlns:r="%s">'
        '<sheets><sheet name="Sheet1" sheetId="1" r:id="r1"/></sheets>'
        '</workbook>') % (main, office))
    with out.open('xl/worksheets/sheet1.xml', 'w', force_zip64=True) as sheet:
        sheet.write((head + '<worksheet xmlns="%s"><sheetData>' % main).encode())
        block = [''.join('<c><v>%d</v></c>' % random.randrange(10**9) for _ in range(10)) for _ in range(min(count, 5000))]
        left = count
        while left > 0:
            sheet.write(''.join('<row>%s</row>' % row for row in block[:left]).encode())
            left -= len(block)
        sheet.write(b'</sheetData></worksheet>')
`;

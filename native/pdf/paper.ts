import PDFDocument from 'pdfkit';
import { textRuns } from './printable-text.ts';
import type { ReportFonts, Weight } from './report-fonts.ts';

const SIZES = { title: 18, heading: 13, body: 10, small: 8 } as const;
const MARGIN = 50;
const FOOTER_AT = 30;

interface TextStyle {
  readonly size: keyof typeof SIZES;
  readonly weight?: Weight;
  /** What follows goes on in the same line. */
  readonly continued?: boolean;
}

/** Sheets of A4 that text is written on, top to bottom. Everything written may be hostile. */
export interface Paper {
  text(text: string, style: TextStyle): void;
  /** A term in bold and its value behind it. */
  line(term: string, value: string): void;
  heading(text: string): void;
  gap(lines: number): void;
  /** Writes the footer of every page and closes the document. */
  finish(footer: string): Promise<Uint8Array>;
}

/** The same texts give the same bytes: `at` is the only date, nothing is compressed, and no id is random. */
export function openPaper(title: string, at: Date, fonts: ReportFonts): Paper {
  const pdf = new PDFDocument({
    size: 'A4',
    margin: MARGIN,
    compress: false,
    bufferPages: true,
    // None: the standard fonts know Latin letters only, and are files that a built program does not carry.
    font: '',
    lang: 'en',
    displayTitle: true,
    info: { Title: title, Creator: 'Gantry', Producer: 'Gantry', CreationDate: at, ModDate: at },
  });
  for (const font of [...fonts.plain, ...fonts.bold]) pdf.registerFont(font.name, Buffer.from(font.bytes));
  const written = bytesOf(pdf);

  function text(content: string, { size, weight = 'plain', continued = false }: TextStyle): void {
    const runs = textRuns(content, fonts[weight]);
    pdf.fontSize(SIZES[size]);
    runs.forEach((run, index) => {
      pdf.font(run.font).text(run.text, { continued: continued || index < runs.length - 1 });
    });
  }

  return {
    text,
    line(term, value) {
      text(`${term}: `, { size: 'body', weight: 'bold', continued: true });
      text(value === '' ? '-' : value, { size: 'body' });
    },
    heading(content) {
      // A heading alone at the end of a page says nothing.
      if (pdf.y > pdf.page.height - 3 * MARGIN) pdf.addPage();
      pdf.moveDown(0.6);
      text(content, { size: 'heading', weight: 'bold' });
      pdf.moveDown(0.2);
    },
    gap(lines) {
      pdf.moveDown(lines);
    },
    finish(footer) {
      const { count } = pdf.bufferedPageRange();
      const font = fonts.plain[0]?.name ?? '';
      for (let page = 0; page < count; page += 1) {
        pdf.switchToPage(page);
        // Text below the margin would open a new page.
        pdf.page.margins.bottom = 0;
        pdf
          .font(font)
          .fontSize(SIZES.small)
          .text(`${footer} · page ${String(page + 1)} of ${String(count)}`, MARGIN, pdf.page.height - FOOTER_AT, {
            lineBreak: false,
          });
      }
      pdf.end();
      return written;
    },
  };
}

function bytesOf(pdf: InstanceType<typeof PDFDocument>): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  return new Promise((resolve, reject) => {
    pdf.on('data', (piece: Uint8Array) => pieces.push(piece));
    pdf.on('end', () => {
      resolve(new Uint8Array(Buffer.concat(pieces)));
    });
    pdf.on('error', reject);
  });
}

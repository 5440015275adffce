import { describe, expect, it } from 'vitest';
import { uncoveredScript } from '../../../lib/cascade/covered-scripts.ts';

const scriptOf = uncoveredScript({
  scripts: ['Latin', 'Cyrillic', 'Han', 'Hiragana', 'Katakana'],
  languages: [],
  leastShare: 0.5,
});

describe('uncoveredScript', () => {
  it.each([
    ['disk full on node 7'],
    ['Verbindung zur Datenbank abgelehnt: größe überschritten'],
    ['соединение с сервером потеряно'],
    ['磁盘已满，写入失败'],
    ['データベースへの接続に失敗しました'],
    ['could not open "تقرير.pdf" for writing'],
    ['7 7ms 10.0.0.7 /data/main7'],
    ['🚨🚨'],
    [''],
  ])('has nothing to say of %j', (text) => {
    expect(scriptOf(text)).toBeUndefined();
  });

  it.each([
    ['فشل الاتصال بقاعدة البيانات postgres', 'Arabic'],
    ['החיבור למסד הנתונים נכשל', 'Hebrew'],
    ['डेटाबेस से कनेक्शन विफल हुआ', 'Devanagari'],
    ['การเชื่อมต่อฐานข้อมูลล้มเหลว', 'Thai'],
    ['데이터베이스 연결에 실패했습니다', 'Hangul'],
    ['Η σύνδεση με τη βάση απέτυχε', 'Greek'],
    ['user7@example.com http://host/data/main7 연결 실패', 'Hangul'],
    ['ᚠᚢᚦᚨᚱᚲ', 'another script'],
  ])('names the script of %j: %s', (text, script) => {
    expect(scriptOf(text)).toBe(script);
  });
});

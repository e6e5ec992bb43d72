#!/usr/bin/env python3
"""Writes small feed documents that combine formats, elements, ways of escaping, dates and encodings.

    tools/feed_cases.py FOLDER
    tools/feedparser_diff.py FOLDER

A case varies one thing in one document. The combinations are ours; nothing is taken from any collection of feeds.
"""
import base64, itertools, pathlib, sys

ATOM = {
    "atom10": ('<feed xmlns="http://www.w3.org/2005/Atom"{more}>', "", "published", "updated", "subtitle", "rights"),
    "atom03": ('<feed version="0.3" xmlns="http://purl.org/atom/ns#"{more}>', "", "issued", "modified", "tagline", "copyright"),
    "atom10p": ('<a:feed xmlns:a="http://www.w3.org/2005/Atom"{more}>', "a:", "published", "updated", "subtitle", "rights"),
}
RSS = {
    "rss20": ('<rss version="2.0"{more}><channel>', "</channel></rss>", ""),
    "rss091": ('<rss version="0.91"{more}><channel>', "</channel></rss>", ""),
    "rss": ("<rss{more}><channel>", "</channel></rss>", ""),
    "rdf10": ('<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"{more}><channel rdf:about="http://example.org/feed">', "</channel></rdf:RDF>", ""),
    "rdf090": ('<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://my.netscape.com/rdf/simple/0.9/"{more}><channel>', "</channel></rdf:RDF>", ""),
    "userland": ('<rss version="2.0" xmlns="http://backend.userland.com/rss2"{more}><channel>', "</channel></rss>", ""),
}
NS = {
    "dc": "http://purl.org/dc/elements/1.1/",
    "dcterms": "http://purl.org/dc/terms/",
    "content": "http://purl.org/rss/1.0/modules/content/",
    "xhtml": "http://www.w3.org/1999/xhtml",
    "itunes": "http://www.itunes.com/DTDs/PodCast-1.0.dtd",
    "media": "http://search.yahoo.com/mrss/",
    "atom": "http://www.w3.org/2005/Atom",
    "georss": "http://www.georss.org/georss",
    "feedburner": "http://rssnamespace.org/feedburner/ext/1.0",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "wfw": "http://wellformedweb.org/CommentAPI/",
    "slash": "http://purl.org/rss/1.0/modules/slash/",
    "geo": "http://www.w3.org/2003/01/geo/wgs84_pos#",
    "gml": "http://www.opengis.net/gml",
    "prism": "http://prismstandard.org/namespaces/1.2/basic/",
    "thr": "http://purl.org/syndication/thread/1.0",
    "admin": "http://webns.net/mvcb/",
    "cc": "http://web.resource.org/cc/",
}


def more(*prefixes):
    return "".join(f' xmlns:{p}="{NS[p]}"' for p in prefixes)


def b64(text):
    return base64.b64encode(text.encode()).decode()


# Ways to write a text: (name, attributes, body).
XHTML = '<div xmlns="http://www.w3.org/1999/xhtml">'
FORMS = [
    ("plain", "", "Talks resume in Oslo"),
    ("spaces", "", "\n   Talks resume \n  in Oslo\t"),
    ("type_text", ' type="text"', "Talks resume"),
    ("type_text_lt", ' type="text"', "5 &lt; 6 and 8 &gt; 7"),
    ("type_text_tags", ' type="text"', "&lt;b&gt;Talks&lt;/b&gt; resume"),
    ("type_text_plain", ' type="text/plain"', "Talks &lt;em&gt;resume&lt;/em&gt;"),
    ("type_html", ' type="html"', "Talks &lt;b&gt;resume&lt;/b&gt; &amp;amp; end"),
    ("type_html_cdata", ' type="html"', "<![CDATA[Talks <b>resume</b> &amp; end]]>"),
    ("type_text_html", ' type="text/html"', "Talks &lt;b&gt;resume&lt;/b&gt;"),
    ("type_xhtml", ' type="xhtml"', XHTML + "Talks <b>resume</b> &amp; end</div>"),
    ("type_xhtml_nodiv", ' type="xhtml"', "Talks <b>resume</b>"),
    ("type_app_xhtml", ' type="application/xhtml+xml"', XHTML + "Talks <b>resume</b></div>"),
    ("type_xhtml_two_divs", ' type="xhtml"', XHTML + "Talks</div>" + XHTML + "resume</div>"),
    ("type_xml", ' type="application/xml"', "<x>Talks</x>"),
    ("type_text_xml", ' type="text/xml"', "<x>Talks</x>"),
    ("type_svg", ' type="image/svg+xml"', '<svg xmlns="http://www.w3.org/2000/svg"><title>drawn</title></svg>'),
    ("type_octet", ' type="application/octet-stream"', b64("Talks <b>resume</b>")),
    ("type_upper", ' type="TEXT/HTML"', "Talks &lt;b&gt;resume&lt;/b&gt;"),
    ("mode_escaped", ' type="text/html" mode="escaped"', "Talks &lt;b&gt;resume&lt;/b&gt;"),
    ("mode_escaped_text", ' type="text/plain" mode="escaped"', "Talks &lt;b&gt;resume&lt;/b&gt;"),
    ("mode_xml", ' type="application/xhtml+xml" mode="xml"', XHTML + "Talks <b>resume</b></div>"),
    ("mode_xml_text", ' mode="xml"', "Talks <b>resume</b>"),
    ("mode_base64", ' type="text/html" mode="base64"', b64("Talks <b>resume</b> &amp; end")),
    ("mode_base64_text", ' type="text/plain" mode="base64"', b64("Talks & rest")),
    ("mode_base64_bad", ' type="text/plain" mode="base64"', "%%%"),
    ("escaped", "", "Talks &lt;b&gt;resume&lt;/b&gt;"),
    ("escaped_twice", "", "Talks &amp;lt;b&amp;gt;resume&amp;lt;/b&amp;gt;"),
    ("escaped_amp", "", "Q&amp;amp;A &amp;eacute;t&amp;eacute;"),
    ("amp", "", "AT&amp;T pays"),
    ("bare_amp", "", "AT&T pays"),
    ("bare_amp_space", "", "War & peace"),
    ("lt_number", "", "5 &lt; 6"),
    ("cdata", "", "<![CDATA[Talks <b>resume</b>]]>"),
    ("cdata_plain", "", "<![CDATA[Talks resume]]>"),
    ("cdata_amp", "", "<![CDATA[Q&amp;A]]>"),
    ("cdata_split", "", "Talks <![CDATA[<i>re]]><![CDATA[sume</i>]]> now"),
    ("cdata_escaped", "", "<![CDATA[Talks &lt;b&gt;resume&lt;/b&gt;]]>"),
    ("html_entity", "", "caf&eacute;&nbsp;open&hellip; &mdash; here"),
    ("numeric", "", "caf&#233; &#x2014; &#8212; &#39;x&#39; &#34;y&#34;"),
    ("numeric_upper", "", "caf&#XE9; closed"),
    ("numeric_lt", "", "a &#60;b&#62;bold&#60;/b&#62; move"),
    ("numeric_hex_lt", "", "a &#x3c;b&#x3e;bold&#x3c;/b&#x3e; move"),
    ("numeric_amp", "", "a &#38; b, a &#x26; b"),
    ("cp1252_refs", "", "it&#146;s &#147;so&#148; &#150; &#128;5 &#153;"),
    ("cp1252_refs_html", "", "it&amp;#146;s"),
    ("cp1252_bytes", "", "it\x92s \x93so\x94"),
    ("unknown_entity", "", "a &foo; b"),
    ("unterminated_entity", "", "a &copy b"),
    ("apos", "", "it&apos;s &quot;so&quot;"),
    ("apos_twice", "", "it&amp;apos;s"),
    ("nested_b", "", "Talks <b>resume</b> now"),
    ("nested_p", "", "<p>One.</p><p>Two.</p>"),
    ("nested_xhtml", "", '<div xmlns="http://www.w3.org/1999/xhtml"><p>Talks</p></div>'),
    ("nested_xhtml_prefix", "", '<xhtml:div xmlns:xhtml="http://www.w3.org/1999/xhtml"><xhtml:p>Talks</xhtml:p></xhtml:div>'),
    ("nested_a", "", 'Talks <a href="http://example.org/x">resume</a>'),
    ("nested_br", "", "Talks<br/>resume"),
    ("nested_img", "", 'Talks <img src="x.png" alt="a"/> resume'),
    ("nested_svg", "", 'Talks <svg xmlns="http://www.w3.org/2000/svg"><title>drawn</title><rect/></svg> resume'),
    ("nested_title", "", "Talks <title>resume</title>"),
    ("nested_foreign", "", '<x:y xmlns:x="http://example.org/x">Talks</x:y>'),
    ("script", "", "Talks &lt;script&gt;alert(1)&lt;/script&gt; resume"),
    ("script_cdata", "", "<![CDATA[Talks <script type='x'>alert('</b>')</script> resume]]>"),
    ("style", "", "Talks &lt;style&gt;p{}&lt;/style&gt; resume"),
    ("comment", "", "Talks <!-- hidden --> resume"),
    ("escaped_comment", "", "Talks &lt;!-- hidden --&gt; resume"),
    ("comment_cdata", "", "<![CDATA[Talks <!-- hidden <b> --> resume]]>"),
    ("pi", "", "Talks <?php echo 1 ?> resume"),
    ("escaped_pi", "", "Talks &lt;?php echo 1 ?&gt; resume"),
    ("escaped_doctype", "", "&lt;!DOCTYPE html&gt;Talks"),
    ("unknown_tag", "", "use &lt;foo&gt; here"),
    ("unknown_tag_closed", "", "use &lt;foo&gt;x&lt;/foo&gt; here"),
    ("heart", "", "I &lt;3 Oslo"),
    ("lone_open", "", "Talks &lt;b&gt;resume"),
    ("unclosed_attr", "", "Talks &lt;a href=\"x&gt;resume&lt;/a&gt; now"),
    ("relative_a", "", '&lt;a href="/x"&gt;Talks&lt;/a&gt;'),
    ("empty", "", ""),
    ("empty_cdata", "", "<![CDATA[]]>"),
    ("only_markup", "", "&lt;img src='x.png'&gt;"),
    ("cyrillic", "", "Переговоры возобновлены"),
    ("emoji", "", "Talks \U0001f600 resume"),
    ("double_utf8", "", "Ã©tÃ©"),
    ("crlf", "", "Talks\r\nresume"),
    ("nbsp", "", "\u00a0Talks\u00a0resume\u00a0"),
    ("lang", ' xml:lang="fr"', "Pourparlers"),
    ("base", ' xml:base="http://example.net/b/"', '&lt;a href="x"&gt;Talks&lt;/a&gt;'),
    ("src", ' src="http://example.org/full"', ""),
    ("self_closing", None, ""),
]

DATES = [
    "2004-01-05T12:30:45Z", "2004-01-05T12:30:45+01:00", "2004-01-05T12:30:45-0500", "2004-01-05T12:30:45.25Z", "2004-01-05T12:30Z",
    "2004-01-05T12:30:45", "2004-01-05", "2004-01", "2004", "20040105", "2004-005", "2004005", "04-01-05", "040105", "04-005",
    "2004-01-05 12:30:45", "2004-01-05 12:30:45.123", "2004-01-05T12Z", "2004-01-05T12:30:45 GMT", "2004-01-05 12:30:45 EST", "2004-1-5T9:5:3Z",
    "Mon, 05 Jan 2004 12:30:45 GMT", "Mon, 05 Jan 2004 12:30:45 +0100", "Mon, 5 Jan 2004 12:30:45 EST", "Mon, 05 Jan 04 12:30:45 GMT", "05 Jan 2004 12:30:45 GMT",
    "Mon, 05 Jan 2004 12:30 GMT", "Mon, 05 Jan 2004 12:30:45", "Mon, 05 Jan 2004", "05 Jan 2004", "Mon, 05 January 2004 12:30:45 GMT", "Monday, 05 Jan 2004 12:30:45 GMT",
    "Mon, Jan 05 2004 12:30:45 GMT", "Mon, 05 Jan 2004 12:30:45 Etc/GMT", "Mon, 05 Jan 2004 12:30:45 GMT+01:00", "Mon, 05 Jan 2004 12:30:45 GMT-0500", "Mon, 05 Jan 2004 12:30:45 PDT",
    "Mon, 05 Jan 2004 12:30:45 +01:00", "Mon, 05 Jan 2004 12:30:45 MET", "Mon, 05 Jan 2004 12:30:45 Z", "Mon, 05 Jan 2004 12:30:45 UT", "Mon, 05 Jan 2004 12:30:45 bogus",
    "Mon,05 Jan 2004 12:30:45 GMT", "mon, 05 jan 2004 12:30:45 gmt", "Mon, 05 Jan 99 12:30:45 GMT", "Mon, 05 Jan 2004 12:30:45 -0000", "Thu, 31 Dec 1998 23:59:59 GMT",
    "Mon Jan 05 12:30:45 2004", "Mon Jan  5 12:30:45 2004", "Mon Jan 05 12:30:45 +0100 2004", "Mon, 2004/01/05 12:30:45 EDT", "Mon, 2004/01/05 12:30:45 GMT",
    "2004년 01월 05일  12:30:45", "2004-01-05 오후 1:30:45", "2004-01-05 오전 9:30:45", "Δευ, 05 Ιαν 2004 12:30:45 EST", "Κυρ, 11 Ιούλ 2004 12:00:00 GMT", "Σαβ, 08 Μαϊ 2004 12:00:00 GMT",
    "2004-január-5T9:15-03:00", "2004-július-13T9:15+01:00", "2004-szeptember-03T09:05+02:00", "", "yesterday", "0", "1073305845", "Mon, 32 Jan 2004 12:30:45 GMT", "2004-02-30T00:00:00Z",
    "2004-13-01T00:00:00Z", "2004-01-05T25:00:00Z", "05/01/2004", "13/01/2004 10:00:00", "1/13/2004 10:00:00 PM", "Jan 5, 2004 12:30 PM", "January 5, 2004", "2004-01-05T12:30:45+0100Z",
    "-1-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "Sat, 29 Feb 2003 00:00:00 GMT", "2003-12-31T10:14:55.7-08:00", "2003-12-31T10:14:55Z ", "\n2003-12-31T10:14:55Z\n", "Mon, 05 Jan 2004 12:30:45 AST",
    "Mon, 05 Jan 2004 24:00:00 GMT", "Mon, 5 Jan 2004 1:2:3 GMT", "Mon, 05-Jan-2004 12:30:45 GMT", "Monday, 05-Jan-04 12:30:45 GMT", "2004-01-05T12:30:45-08:00", "2004-01-05T12:30:45 -08:00",
    "2004-01-05T00:00:00+00:00", "2004-06-05T12:30:45+05:30", "2004-06-05T12:30:45+13:45",
]

LINKS = [
    "<link>http://example.org/1</link>", "<link> http://example.org/1 \n</link>", "<link/>", "<link></link>", "<link>http://example.org/?a=1&amp;b=2</link>", "<link>http://example.org/?a=1&b=2</link>",
    "<link>/1</link>", "<link>1</link>", "<link><![CDATA[http://example.org/?a=1&b=2]]></link>", '<link href="http://example.org/1"/>', '<link rel="alternate" href="http://example.org/1"/>',
    '<link rel="alternate" type="text/html" href="http://example.org/1"/><link rel="alternate" type="application/xml" href="http://example.org/2"/>',
    '<link rel="self" href="http://example.org/s"/><link rel="alternate" type="text/html" href="http://example.org/1"/>',
    '<link rel="alternate" type="text/html" href="http://example.org/1"/><link rel="self" href="http://example.org/s"/>',
    '<link rel="related" href="http://example.org/r"/>', '<link rel="enclosure" type="audio/mpeg" href="http://example.org/e.mp3"/>', '<link rel="via" href="http://example.org/v"/><link href="http://example.org/1"/>',
    '<link rel="alternate" type="application/xhtml+xml" href="http://example.org/1"/>', '<link rel="alternate" type="text/plain" href="http://example.org/1.txt"/>', '<link rel="ALTERNATE" TYPE="text/html" HREF="http://example.org/1"/>',
    '<link rel="alternate" href="http://example.org/1"/><link rel="alternate" href="http://example.org/2"/>', '<link href="/1"/>', '<link href="1"/>', '<link href="?q=1"/>', '<link href="#f"/>', '<link href=""/>',
    '<link url="http://example.org/1"/>', '<link uri="http://example.org/1"/>', '<link href="http://example.org/?a=1&amp;b=2"/>', '<link href="http://example.org/?a=1&b=2"/>', '<link xml:base="http://example.net/b/">x</link>',
    '<link xml:base="http://example.net/b/" href="x"/>', '<link>http://example.org/caf\u00e9</link>', '<link>http://exämple.org/1</link>', '<link>http://example.org/a b</link>', '<link>http:///example.org/1</link>',
    '<link>mailto:a@example.org</link>', '<link>urn:uuid:1</link>', '<link>javascript:alert(1)</link>', '<link>ftp://example.org/1</link>', '<link>example.org/1</link>', '<link>//example.org/1</link>', '<link>feed://example.org/1</link>',
    "<link>http://example.org/1</link><link>http://example.org/2</link>", "<link>http://example.org/1</link><link/>", '<link>http://example.org/1</link><link rel="alternate" href="http://example.org/2"/>',
    '<guid>http://example.org/g</guid>', '<guid isPermaLink="true">http://example.org/g</guid>', '<guid isPermaLink="false">http://example.org/g</guid>', '<guid isPermaLink="false">abc</guid>', "<guid>abc</guid>", "<guid></guid>", "<guid/>",
    '<guid isPermaLink="TRUE">http://example.org/g</guid>', '<guid ispermalink="false">http://example.org/g</guid>', "<guid>http://example.org/g</guid><link>http://example.org/1</link>", "<link>http://example.org/1</link><guid>http://example.org/g</guid>",
    '<guid isPermaLink="true">/g</guid>', "<guid>/g</guid>", "<guid>http://example.org/g</guid><guid>http://example.org/h</guid>", "<guid><![CDATA[http://example.org/g]]></guid>", "<guid>http://example.org/?a=1&amp;b=2</guid>", "<id>http://example.org/i</id>",
    "<id>urn:uuid:1</id>", "<id>tag:example.org,2004:1</id>", "<id>abc</id>", "<id> http://example.org/i </id>", "<id>/i</id>", '<id xml:base="http://example.net/">i</id>', "<comments>http://example.org/c</comments>", '<enclosure url="http://example.org/e.mp3" length="1" type="audio/mpeg"/>',
    '<enclosure url="http://example.org/e.mp3" length="1" type="audio/mpeg"/><link>http://example.org/1</link>', '<source url="http://example.org/src">Other</source>', '<link>http://example.org/1</link><source url="http://example.org/src">Other</source>',
]

EXTRA = {
    "dc:title": "<dc:title>By Dublin</dc:title>", "dc:title_first": "<dc:title>By Dublin</dc:title><title>Own</title>", "dc:title_last": "<title>Own</title><dc:title>By Dublin</dc:title>",
    "dc:description": "<dc:description>Lead</dc:description>", "dc:description_both": "<description>Own</description><dc:description>Lead</dc:description>", "dc:description_first": "<dc:description>Lead</dc:description><description>Own</description>",
    "content:encoded": "<content:encoded>&lt;p&gt;Text&lt;/p&gt;</content:encoded>", "content:encoded_last": "<description>Lead</description><content:encoded>&lt;p&gt;Text&lt;/p&gt;</content:encoded>",
    "content:encoded_first": "<content:encoded>&lt;p&gt;Text&lt;/p&gt;</content:encoded><description>Lead</description>", "content:encoded_cdata": "<content:encoded><![CDATA[<p>Text</p>]]></content:encoded>",
    "content:items": '<content:items><rdf:Bag xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:li><content:item><rdf:value>inner</rdf:value></content:item></rdf:li></rdf:Bag></content:items>',
    "xhtml:body": "<xhtml:body><xhtml:p>Text</xhtml:p></xhtml:body>", "body": '<body xmlns="http://www.w3.org/1999/xhtml"><p>Text</p></body>', "body_after": '<description>Lead</description><body xmlns="http://www.w3.org/1999/xhtml"><p>Text</p></body>',
    "xhtml:div": '<xhtml:div><xhtml:p>Text</xhtml:p></xhtml:div>', "fullitem": "<fullitem>&lt;p&gt;Text&lt;/p&gt;</fullitem>", "abstract": "<abstract>Lead</abstract>", "summary": "<summary>Lead</summary>", "summary_description": "<description>Lead</description><summary>Other</summary>",
    "summary_first": "<summary>Other</summary><description>Lead</description>", "two_descriptions": "<description>One</description><description>Two</description>", "two_titles": "<title>One</title><title>Two</title>",
    "itunes:summary": "<itunes:summary>Lead</itunes:summary>", "itunes:subtitle": "<itunes:subtitle>Sub</itunes:subtitle>", "itunes_both": "<description>Own</description><itunes:summary>Lead</itunes:summary>", "itunes_first": "<itunes:summary>Lead</itunes:summary><description>Own</description>",
    "itunes:title": "<itunes:title>Pod</itunes:title>", "itunes:title_both": "<title>Own</title><itunes:title>Pod</itunes:title>", "media:title": "<media:title>Shot</media:title>", "media:title_first": "<media:title>Shot</media:title><title>Own</title>", "media:title_last": "<title>Own</title><media:title>Shot</media:title>",
    "media:group": '<media:group><media:title>Shot</media:title><media:description>Caption</media:description><media:content url="http://example.org/x.jpg"/></media:group>', "media:group_title": '<title>Own</title><media:group><media:title>Shot</media:title></media:group>',
    "media:content_title": '<media:content url="http://example.org/x.jpg"><media:title>Shot</media:title><media:description>Caption</media:description></media:content><title>Own</title><description>Lead</description>',
    "media:content_after": '<title>Own</title><description>Lead</description><media:content url="http://example.org/x.jpg"><media:title>Shot</media:title><media:description>Caption</media:description></media:content>',
    "media:description": "<media:description>Caption</media:description>", "media:description_both": "<description>Lead</description><media:description>Caption</media:description>", "media:text": "<media:text>Spoken</media:text>",
    "media:thumbnail": '<media:thumbnail url="http://example.org/t.jpg"/><title>Own</title>', "atom:summary": "<atom:summary>Lead</atom:summary>", "atom:content": '<atom:content type="html">&lt;p&gt;Text&lt;/p&gt;</atom:content>', "atom:title": "<atom:title>At</atom:title>",
    "atom:id": "<atom:id>urn:x:1</atom:id>", "atom:link": '<atom:link href="http://example.org/a"/>', "atom:link_self": '<link>http://example.org/1</link><atom:link rel="self" href="http://example.org/s"/>', "atom:updated": "<atom:updated>2004-01-05T12:30:45Z</atom:updated>",
    "atom:published": "<atom:published>2004-01-05T12:30:45Z</atom:published>", "atom:author": "<atom:author><atom:name>A B</atom:name></atom:author>", "pubDate": "<pubDate>Mon, 05 Jan 2004 12:30:45 GMT</pubDate>", "dc:date": "<dc:date>2004-01-05T12:30:45Z</dc:date>",
    "both_dates": "<pubDate>Mon, 05 Jan 2004 12:30:45 GMT</pubDate><dc:date>2005-01-05T12:30:45Z</dc:date>", "dcterms:issued": "<dcterms:issued>2004-01-05T12:30:45Z</dcterms:issued>", "dcterms:created": "<dcterms:created>2004-01-05T12:30:45Z</dcterms:created>",
    "dcterms:modified": "<dcterms:modified>2004-01-05T12:30:45Z</dcterms:modified>", "dcterms_all": "<dcterms:created>2001-01-05T12:30:45Z</dcterms:created><dcterms:issued>2002-01-05T12:30:45Z</dcterms:issued><dcterms:modified>2003-01-05T12:30:45Z</dcterms:modified>",
    "lastBuildDate": "<lastBuildDate>Mon, 05 Jan 2004 12:30:45 GMT</lastBuildDate>", "expirationDate": "<expirationDate>Mon, 05 Jan 2004 12:30:45 GMT</expirationDate>", "created": "<created>2004-01-05T12:30:45Z</created>", "issued": "<issued>2004-01-05T12:30:45Z</issued>",
    "modified": "<modified>2004-01-05T12:30:45Z</modified>", "published": "<published>2004-01-05T12:30:45Z</published>", "updated": "<updated>2004-01-05T12:30:45Z</updated>", "issued_published": "<issued>2004-01-05T12:30:45Z</issued><published>2005-01-05T12:30:45Z</published>",
    "bad_then_good_date": "<pubDate>soon</pubDate><dc:date>2004-01-05T12:30:45Z</dc:date>", "good_then_bad_date": "<pubDate>Mon, 05 Jan 2004 12:30:45 GMT</pubDate><pubDate>soon</pubDate>", "two_pubdates": "<pubDate>Mon, 05 Jan 2004 12:30:45 GMT</pubDate><pubDate>Tue, 06 Jan 2004 12:30:45 GMT</pubDate>",
    "author": "<author>a@example.org (A B)</author>", "author_name": "<author><name>A B</name><email>a@example.org</email><url>http://example.org/a</url></author>", "author_uri": "<author><name>A</name><uri>http://example.org/a</uri></author><title>Own</title>", "dc:creator": "<dc:creator>A B</dc:creator>",
    "contributor": "<contributor><name>C D</name><email>c@example.org</email><url>http://example.org/c</url></contributor><title>Own</title>", "source": '<source><title>Other</title><link href="http://example.net/"/><id>urn:o</id><updated>2001-01-05T12:30:45Z</updated></source><title>Own</title>',
    "source_last": '<title>Own</title><id>urn:own</id><link href="http://example.org/1"/><updated>2004-01-05T12:30:45Z</updated><source><title>Other</title><link href="http://example.net/"/><id>urn:o</id><updated>2001-01-05T12:30:45Z</updated><subtitle>S</subtitle></source>',
    "source_author": "<source><author><name>O</name></author><title>Other</title><rights>R</rights><summary>x</summary></source><title>Own</title><description>Lead</description>", "image": "<image><title>Pic</title><url>http://example.org/p.png</url><link>http://example.org/p</link><description>d</description></image><title>Own</title><link>http://example.org/1</link>",
    "image_last": "<title>Own</title><link>http://example.org/1</link><description>Lead</description><image><title>Pic</title><url>http://example.org/p.png</url><link>http://example.org/p</link><description>d</description></image>",
    "textinput": "<textInput><title>Find</title><description>d</description><name>q</name><link>http://example.org/q</link></textInput><title>Own</title><link>http://example.org/1</link>", "textinput_last": "<title>Own</title><link>http://example.org/1</link><description>Lead</description><textinput><title>Find</title><description>d</description><name>q</name><link>http://example.org/q</link></textinput>",
    "category": '<category domain="http://example.org/">One</category><category>Two</category><title>Own</title>', "category_attr": '<category term="a" label="b"/><title>Own</title>', "cloud": '<cloud domain="rpc.example.org" port="80" path="/RPC2" registerProcedure="x" protocol="xml-rpc"/><title>Own</title>', "rights": "<rights>All</rights><title>Own</title>", "copyright": "<copyright>All</copyright><title>Own</title>",
    "generator": '<generator url="http://example.org/g" version="1">Gen</generator><title>Own</title>', "generator_text": "<generator>http://example.org/gen</generator><link>http://example.org/1</link>", "docs": "<docs>http://example.org/docs</docs><title>Own</title>", "ttl": "<ttl>60</ttl><title>Own</title>", "info": "<info>About</info><title>Own</title>",
    "tagline": "<tagline>Tag</tagline><title>Own</title>", "subtitle": "<subtitle>Sub</subtitle><title>Own</title>", "feedburner": "<feedburner:browserFriendly>Hello</feedburner:browserFriendly><title>Own</title>", "feedburner_orig": "<feedburner:origLink>http://example.org/orig</feedburner:origLink><link>http://example.org/fb</link>",
    "georss": "<georss:point>1 2</georss:point><title>Own</title>", "georss_where": "<georss:where><gml:Point><gml:pos>1 2</gml:pos></gml:Point></georss:where><title>Own</title>", "geo": "<geo:lat>1</geo:lat><geo:long>2</geo:long><title>Own</title>", "foaf": '<foaf:maker><foaf:Person><foaf:name>P</foaf:name></foaf:Person></foaf:maker><title>Own</title>',
    "wfw": "<wfw:comment>http://example.org/c</wfw:comment><wfw:commentRss>http://example.org/c.xml</wfw:commentRss><title>Own</title><link>http://example.org/1</link>", "slash": "<slash:comments>3</slash:comments><title>Own</title>", "prism": "<prism:publicationDate>2004-01-05</prism:publicationDate><title>Own</title>",
    "thr": '<thr:in-reply-to ref="urn:x"/><title>Own</title>', "admin": '<admin:generatorAgent rdf:resource="http://example.org/" xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"/><title>Own</title>', "cc": '<cc:license rdf:resource="http://example.org/l" xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"/><title>Own</title>',
    "unknown_ns": '<x:title xmlns:x="http://example.org/x">X</x:title><title>Own</title>', "unknown_ns_last": '<title>Own</title><x:title xmlns:x="http://example.org/x">X</x:title><x:link xmlns:x="http://example.org/x">http://x.example.org</x:link><x:description xmlns:x="http://example.org/x">d</x:description>',
    "unknown_default": '<title xmlns="http://example.org/x">X</title><title>Own</title>', "unknown_nested": "<deep><title>Inner</title><description>inner</description><link>http://example.org/inner</link></deep><title>Own</title>", "unknown_nested_last": "<title>Own</title><description>Lead</description><link>http://example.org/1</link><deep><title>Inner</title><description>inner</description><link>http://example.org/inner</link></deep>",
    "upper": "<TITLE>Own</TITLE><LINK>http://example.org/1</LINK><DESCRIPTION>Lead</DESCRIPTION><PUBDATE>Mon, 05 Jan 2004 12:30:45 GMT</PUBDATE>", "mixed_case": "<Title>Own</Title><Link>http://example.org/1</Link><Description>Lead</Description><Guid isPermaLink='false'>g</Guid>", "feedburner_awareness": '<feedburner:awareness>http://example.org</feedburner:awareness><title>Own</title>',
    "content_before_summary": "<content type='html'>&lt;p&gt;Text&lt;/p&gt;</content><summary>Lead</summary>", "content_after_summary": "<summary>Lead</summary><content type='html'>&lt;p&gt;Text&lt;/p&gt;</content>", "two_contents": "<content>One</content><content type='html'>Two</content>", "two_summaries": "<summary>One</summary><summary>Two</summary>",
    "content_type_image": '<content type="image/png" mode="base64">aGVsbG8=</content>', "content_src_summary": '<content src="http://example.org/v.mp4" type="video/mp4"/><summary>Lead</summary>', "description_title_attr": '<description type="text/plain">&lt;b&gt;x&lt;/b&gt;</description>', "title_type": '<title type="html">A &lt;b&gt;b&lt;/b&gt;</title>',
    "language": "<language>fr</language><title>Own</title>", "dc:language": "<dc:language>fr</dc:language><title>Own</title>", "dc:subject": "<dc:subject>S</dc:subject><title>Own</title>", "dc:publisher": "<dc:publisher>P</dc:publisher><title>Own</title>", "dc:identifier": "<dc:identifier>http://example.org/x</dc:identifier><title>Own</title>",
    "keywords": "<keywords>a,b</keywords><title>Own</title>", "tags": "<tags>a,b</tags><title>Own</title>", "comments": "<comments>http://example.org/c</comments><title>Own</title>", "rating": "<rating>5</rating><title>Own</title>", "nothing": "",
}


def cases():
    for (kind, (start, p, published, updated, subtitle, rights)), (form, attrs, body) in itertools.product(ATOM.items(), FORMS):
        for where in ["feed.title", "feed.subtitle", "title", "summary", "content", "rights", "author"]:
            def element(name, attributes, text):
                if attributes is None:
                    return f"<{p}{name}/>"
                return f"<{p}{name}{attributes}>{text}</{p}{name}>"
            feed = element("title", "", "Example") if where != "feed.title" else element("title", attrs, body)
            feed += element(subtitle, attrs, body) if where == "feed.subtitle" else ""
            feed += f'<{p}id>urn:f</{p}id><{p}link href="http://example.org/"/>'
            entry = f'<{p}id>urn:1</{p}id>'
            entry += element("title", attrs, body) if where == "title" else element("title", "", "Own")
            if where in ("summary", "content"):
                entry += element(where, attrs, body)
            if where == "rights":
                entry += element(rights, attrs, body)
            if where == "author":
                entry += f"<{p}author>{element('name', attrs, body)}</{p}author>"
            entry += f'<{p}link href="http://example.org/1"/><{p}{updated}>2004-01-05T12:30:45Z</{p}{updated}>'
            yield f"form-{kind}-{where}-{form}", start.format(more="") + feed + f"<{p}entry>{entry}</{p}entry></{p}feed>"
    for (kind, (start, end, _)), (form, attrs, body) in itertools.product(RSS.items(), FORMS):
        for where in ["feed.title", "feed.description", "title", "description", "content:encoded", "xhtml:body", "dc:title", "dc:description"]:
            if kind not in ("rss20", "rdf10", "rss") and where not in ("title", "description", "feed.title"):
                continue
            def element(name, attributes, text):
                if attributes is None:
                    return f"<{name}/>"
                return f"<{name}{attributes}>{text}</{name}>"
            feed = element("title", attrs, body) if where == "feed.title" else "<title>Example</title>"
            feed += element("description", attrs, body) if where == "feed.description" else ""
            feed += "<link>http://example.org/</link>"
            item = "<link>http://example.org/1</link>"
            if where not in ("title", "dc:title"):
                item += "<title>Own</title>"
            if not where.startswith("feed."):
                item += element(where, attrs, body)
            item += "<guid>http://example.org/1</guid>"
            tail = "</channel>" if kind.startswith("rdf") else ""
            text = start.format(more=more("dc", "content", "xhtml")) + feed + tail + f"<item>{item}</item>" + end[len(tail):]
            yield f"form-{kind}-{where.replace(':', '_')}-{form}", text
    for number, date in enumerate(DATES):
        for name, spot in [("atom10", "updated"), ("atom10", "published"), ("atom03", "modified"), ("atom03", "issued"), ("atom03", "created"), ("rss20", "pubDate"), ("rss20", "dc:date"), ("rss20", "lastBuildDate"), ("rss20", "dcterms:issued"), ("rss20", "dcterms:modified")]:
            for level in ("feed", "item"):
                element = f"<{spot}>{date}</{spot}>"
                f, i = (element, "") if level == "feed" else ("", element)
                if name in ATOM:
                    text = ATOM[name][0].format(more="") + f"<title>Example</title>{f}<entry><title>Own</title><id>urn:1</id>{i}</entry></feed>"
                else:
                    text = RSS[name][0].format(more=more("dc", "dcterms")) + f"<title>Example</title>{f}<item><title>Own</title>{i}</item></channel></rss>"
                yield f"date-{name}-{spot.replace(':', '_')}-{level}-{number}", text
    for number, link in enumerate(LINKS):
        for kind in ["atom10", "atom03", "rss20", "rdf10", "rss"]:
            for level in ("feed", "item"):
                for base in ("", ' xml:base="http://example.com/b/c/"'):
                    f, i = (link, "") if level == "feed" else ("", link)
                    if kind in ATOM:
                        text = ATOM[kind][0].format(more=base) + f"<title>Example</title>{f}<entry><title>Own</title>{i}</entry></feed>"
                    else:
                        start, end, _ = RSS[kind]
                        tail = "</channel>" if kind.startswith("rdf") else ""
                        text = start.format(more=base) + f"<title>Example</title>{f}{tail}<item><title>Own</title>{i}</item>" + end[len(tail):]
                    yield f"link-{kind}-{level}-{number}{'-base' if base else ''}", text
    for (name, extra), kind in itertools.product(EXTRA.items(), ["atom10", "atom03", "rss20", "rdf10", "rss091", "rss"]):
        for level in ("feed", "item", "both", "undeclared", "feed_after", "broken"):
            spaces = "" if level == "undeclared" else more(*NS)
            f, i = ("", extra) if level in ("item", "undeclared", "broken") else (extra, "" if level == "feed_after" else "<title>T</title>")
            if level == "both":
                f, i = "<title>Example</title>" + extra, extra
            after = extra if level == "feed_after" else ""
            f = "<title>Example</title><link>http://example.org/</link>" if level == "feed_after" else f
            spoilt = "<b>x</c> & y" if level == "broken" else ""
            if kind in ATOM:
                text = ATOM[kind][0].format(more=spaces) + f"{f}<entry>{i}</entry>{after}{spoilt}</feed>"
            else:
                start, end, _ = RSS[kind]
                tail = "</channel>" if kind.startswith("rdf") else ""
                text = start.format(more=spaces) + f"{f}{'' if after else tail}<item>{i}</item>{after}{tail if after else ''}{spoilt}" + end[len(tail):]
            yield f"extra-{kind}-{level}-{name.replace(':', '_')}", text
    yield from broken()


ITEM = "<item><title>One</title><link>http://example.org/1</link><description>Lead one</description><guid>g1</guid></item>"
ITEM2 = "<item><title>Two</title><link>http://example.org/2</link><description>Lead two</description><guid>g2</guid></item>"


def broken():
    whole = f'<rss version="2.0"><channel><title>Example</title><link>http://example.org/</link>{ITEM}{ITEM2}</channel></rss>'
    yield "broken-none", whole
    for name, at, instead in [
        ("no_rss", '<rss version="2.0">', ""), ("no_channel", "<channel>", ""), ("no_end_channel", "</channel>", ""), ("no_end_rss", "</rss>", ""), ("no_end_item", "</item>", ""), ("no_end_title", "One</title>", "One"), ("no_end_link", "/1</link>", "/1"),
        ("no_end_description", "one</description>", "one"), ("no_end_guid", "g1</guid>", "g1"), ("wrong_end", "One</title>", "One</titel>"), ("stray_end", "<title>One", "</b><title>One"), ("stray_start", "<title>One", "<b><title>One"), ("bare_amp", "Lead one", "Lead & one"),
        ("bare_lt", "Lead one", "Lead < one"), ("bare_lt_word", "Lead one", "Lead <one"), ("html_in", "Lead one", "Lead <p>one<br>more"), ("html_attr", "Lead one", "<img src=x.png alt='a>b'>Lead"), ("unquoted", "<item>", "<item id=1>"), ("dup_attr", "<item>", '<item a="1" a="2">'),
        ("control", "Lead one", "Lead\x01 one"), ("form_feed", "Lead one", "Lead\x0c one"), ("junk_before", "<rss", "junk<rss"), ("blank_before", "<rss", "\n\n  <rss"), ("decl_after_blank", "<rss", '\n<?xml version="1.0"?><rss'), ("comment_before", "<rss", "<!-- c --><rss"), ("php_before", "<rss", "<br />\n<b>Warning</b>: x in <b>y</b><br />\n<rss"),
        ("junk_after", "</rss>", "</rss>junk"), ("html_after", "</rss>", "</rss><script>x</script>"), ("doctype", "<rss", '<!DOCTYPE rss PUBLIC "-//Netscape Communications//DTD RSS 0.91//EN" "http://my.netscape.com/publish/formats/rss-0.91.dtd"><rss'), ("doctype_entities", "<rss", '<!DOCTYPE rss [<!ENTITY own "mine"><!ENTITY two "a &own; b">]><rss'),
        ("own_entity", "<rss", '<!DOCTYPE rss [<!ENTITY own "mine">]><rss'), ("pi", "<item>", "<?pi x?><item>"), ("stylesheet", "<rss", '<?xml-stylesheet href="x.css" type="text/css"?><rss'), ("space_in_tag", "<title>One</title>", "<title >One</title >"), ("newline_in_tag", "<item>", "<item\n>"), ("slash_item", "<item>", "<item/>"),
        ("nested_item", "Lead one", "<item><title>inner</title></item>"), ("cdata_unclosed", "Lead one", "<![CDATA[Lead one"), ("comment_unclosed", "Lead one", "<!-- Lead one"), ("comment_dashes", "<item>", "<!-- a -- b --><item>"), ("undeclared_prefix", "<title>One", "<foo:bar>x</foo:bar><title>One"), ("upper_rss", "<rss", "<RSS"), ("upper_item", "<item>", "<ITEM>"),
        ("entity_in_title", "One", "&rsquo;One&rsquo; &nbsp;"), ("entity_in_link", "/1</link>", "/?a&copy=1</link>"), ("entity_in_guid", "g1", "g&nbsp;1"), ("entity_numeric_bad", "One", "One &#xFFFF; &#0; &#99999999;"), ("two_rss", "</rss>", "</rss>" + whole), ("two_channels", "</channel>", "</channel><channel><title>Second</title>" + ITEM.replace("1", "3") + "</channel>"),
        ("cut_item", None, whole[: whole.index("Lead two")]), ("cut_tag", None, whole[: whole.index("Lead two") - 5]), ("cut_after_item", None, whole[: whole.index(ITEM2)]), ("cut_title", None, whole[: whole.index("Two</title>") + 3]), ("cut_amp", None, whole.replace("Lead one", "a & b")[: whole.index("Lead two")]), ("html_page", None, "<html><head><title>x</title></head><body><p>none</p></body></html>"),
        ("html_page_link", None, "<html><head><title>x</title><link rel='alternate' href='/f'></head><body></body></html>"), ("empty", None, ""), ("text", None, "just words"), ("only_decl", None, '<?xml version="1.0"?>'), ("opml", None, '<opml version="1.0"><body><outline text="x"/></body></opml>'), ("unknown_xml", None, "<x><item><title>X</title></item></x>"),
        ("default_ns", "<rss", '<rss xmlns="http://www.w3.org/1999/xhtml"'), ("example_ns", "<rss", '<rss xmlns="http://example.org/unknown"'), ("atom_ns", "<rss", '<rss xmlns="http://www.w3.org/2005/Atom"'), ("atom_prefix_undeclared", "<title>One", '<atom:link href="http://example.org/z"/><title>One'),
        ("rss_prefix", None, '<rss:rss xmlns:rss="http://backend.userland.com/rss2" version="2.0"><rss:channel><rss:title>Example</rss:title><rss:item><rss:title>One</rss:title><rss:link>http://example.org/1</rss:link></rss:item></rss:channel></rss:rss>'),
        ("rss_prefix_undeclared", None, '<rss:rss version="2.0"><rss:channel><rss:title>Example</rss:title><rss:item><rss:title>One</rss:title></rss:item></rss:channel></rss:rss>'),
        ("rdf_prefix", None, '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:rss="http://purl.org/rss/1.0/"><rss:channel rdf:about="http://example.org/"><rss:title>Example</rss:title></rss:channel><rss:item rdf:about="http://example.org/1"><rss:title>One</rss:title><rss:link>http://example.org/1</rss:link></rss:item></rdf:RDF>'),
        ("rdf_default", None, '<RDF xmlns="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><channel xmlns="http://purl.org/rss/1.0/"><title>Example</title></channel><item xmlns="http://purl.org/rss/1.0/" about="http://example.org/1"><title>One</title></item></RDF>'),
        ("rdf_image", None, '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"><channel rdf:about="http://example.org/"><title>Example</title><link>http://example.org/</link><image rdf:resource="http://example.org/p.png"/><items><rdf:Seq><rdf:li rdf:resource="http://example.org/1"/></rdf:Seq></items><textinput rdf:resource="http://example.org/q"/></channel><image rdf:about="http://example.org/p.png"><title>Pic</title><url>http://example.org/p.png</url><link>http://example.org/pl</link></image><item rdf:about="http://example.org/1"><title>One</title><link>http://example.org/1</link></item><textinput rdf:about="http://example.org/q"><title>Find</title><description>d</description><name>q</name><link>http://example.org/q</link></textinput></rdf:RDF>'),
        ("cdf", None, '<CHANNEL HREF="http://example.org/" BASE="http://example.org/"><TITLE>Example</TITLE><ABSTRACT>About</ABSTRACT><ITEM HREF="http://example.org/1" LASTMOD="2004-01-05T12:30"><TITLE>One</TITLE><ABSTRACT>Lead</ABSTRACT></ITEM><ITEM HREF="2"><TITLE>Two</TITLE></ITEM></CHANNEL>'),
        ("cdf_nested", None, '<CHANNEL HREF="http://example.org/"><TITLE>Example</TITLE><LOGO HREF="l.gif" STYLE="ICON"/><CHANNEL HREF="http://example.org/s"><TITLE>Sub</TITLE><ITEM HREF="http://example.org/1"><TITLE>One</TITLE></ITEM></CHANNEL></CHANNEL>'),
        ("atom_entry_doc", None, '<entry xmlns="http://www.w3.org/2005/Atom"><title>One</title><id>urn:1</id></entry>'), ("item_title_attr", "<title>One</title>", '<title lang="en">One</title>'), ("channel_after", None, f'<rss version="2.0"><channel>{ITEM}{ITEM2}<title>Example</title><link>http://example.org/</link></channel></rss>'),
        ("items_outside", None, f'<rss version="2.0"><channel><title>Example</title></channel>{ITEM}{ITEM2}</rss>'), ("no_items", None, '<rss version="2.0"><channel><title>Example</title></channel></rss>'), ("empty_items", None, '<rss version="2.0"><channel><title>Example</title><item></item><item/></channel></rss>'), ("items_wrapper", None, f'<rss version="2.0"><channel><title>Example</title><items>{ITEM}{ITEM2}</items></channel></rss>'),
        ("self_closed", None, '<rss version="2.0"><channel><title/><link/><item><title/><link/><description/><guid/></item></channel></rss>'), ("long_title", "One", "One " * 2000), ("deep", "Lead one", "<div>" * 60 + "Lead" + "</div>" * 60), ("lt_in_cdata", "Lead one", "<![CDATA[a < b and <i>c</i>]]>"), ("cdata_end_in_text", "Lead one", "Lead ]]> one"),
        ("cdata_lower", "Lead one", "<![cdata[Lead one]]>"), ("cdata_nested", "Lead one", "<![CDATA[a <![CDATA[b]]> c]]>"), ("title_with_newline", "One", "One\n  more"), ("xml11", "<rss", '<?xml version="1.1"?><rss'), ("version_odd", 'version="2.0"', 'version="3.14"'), ("version_single", 'version="2.0"', "version='2.0'"),
        ("description_unclosed_tag", "Lead one", "Lead <a href='x'>one"), ("description_closing_only", "Lead one", "Lead one</b>"), ("escaped_item", "Lead one", "&lt;item&gt;&lt;title&gt;x&lt;/title&gt;&lt;/item&gt;"), ("cdata_item", "Lead one", "<![CDATA[<item><title>x</title></item>]]>"), ("atom_in_rss", "<item>", "<entry><title>E</title></entry><item>"),
    ]:
        if at is None:
            yield "broken-" + name, instead
        else:
            yield "broken-" + name, whole.replace(at, instead, 1)
            yield "broken-all-" + name, whole.replace(at.replace("One", "T").replace("one", "t"), instead) if at in ("</item>", "<item>") else whole.replace(at, instead)


def encoded():
    body = '<rss version="2.0"><channel><title>Példa — été</title><item><title>Één “twee” №</title><link>http://example.org/1</link></item></channel></rss>'
    plain = '<rss version="2.0"><channel><title>Exemple</title><item><title>été à Noël</title><link>http://example.org/1</link></item></channel></rss>'
    cyrillic = '<rss version="2.0"><channel><title>Новости</title><item><title>Президент встретился с премьером</title><link>http://example.org/1</link></item></channel></rss>'
    for name in ["utf-8", "utf-8-sig", "utf-16", "utf-16le", "utf-16be", "utf-32", "utf-32le", "utf-32be"]:
        for label in [None, name.split("-sig")[0], "utf-16", "iso-8859-1", "utf-8", "u16", "ucs-2", "bogus"]:
            declaration = f"<?xml version='1.0' encoding='{label}'?>\n" if label else "<?xml version='1.0'?>\n"
            yield f"enc-{name}-as-{label}", (declaration + body).encode(name)
            yield f"enc-{name}-bom-as-{label}", ("\ufeff" + declaration + body).encode(name)
    for name in ["iso-8859-1", "windows-1252", "iso-8859-15", "cp037", "cp500", "cp1140", "cp437", "cp850", "mac-roman", "latin-1"]:
        yield f"enc-{name}", (f'<?xml version="1.0" encoding="{name}"?>' + plain).encode(name)
        yield f"enc-{name}-single", (f"<?xml version='1.0' encoding='{name.upper()}' standalone='yes'?>" + plain).encode(name)
    for name in ["windows-1251", "koi8-r", "iso-8859-5", "cp866", "cp855", "mac-cyrillic", "koi8-u"]:
        yield f"enc-{name}", (f'<?xml version="1.0" encoding="{name}"?>' + cyrillic).encode(name)
    for name, text in [("gb2312", "新闻标题"), ("gbk", "新闻标题"), ("gb18030", "新闻标题"), ("big5", "新聞標題"), ("euc-jp", "ニュースの見出し"), ("shift_jis", "ニュースの見出し"), ("iso-2022-jp", "ニュースの見出し"), ("euc-kr", "뉴스 제목"), ("cp949", "뉴스 제목"), ("johab", "뉴스 제목"), ("hz", "新闻标题"), ("windows-1250", "Łódź"), ("iso-8859-2", "Łódź"), ("cp852", "Łódź"), ("windows-1253", "Αθήνα"), ("iso-8859-7", "Αθήνα"), ("windows-1254", "İstanbul"), ("windows-1255", "חדשות"), ("iso-8859-8", "חדשות"), ("windows-1256", "أخبار"), ("iso-8859-6", "أخبار"), ("windows-1257", "Rīga"), ("tis-620", "ข่าว"), ("cp874", "ข่าว"), ("utf-7", "été"), ("windows-1258", "Hà")]:
        xml = f'<rss version="2.0"><channel><title>{text}</title><item><title>{text}</title></item></channel></rss>'
        try:
            yield f"enc-{name}", (f'<?xml version="1.0" encoding="{name}"?>' + xml).encode(name)
        except UnicodeEncodeError:
            pass


def main():
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    number = 0
    for name, text in itertools.chain(cases(), encoded()):
        data = text if isinstance(text, bytes) else text.encode("utf-8", "surrogateescape")
        (folder / (name + ".xml")).write_bytes(data)
        number += 1
    print(number, "documents")


if __name__ == "__main__":
    main()

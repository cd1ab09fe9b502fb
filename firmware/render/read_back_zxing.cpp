/* read_back_zxing.cpp - see read_back_zxing.h.
 *
 * Two generations of the library: 1.4 (Debian 12) and 2.x (Debian 13), which renamed the options.
 * Only the call for a single symbol is used: in 1.4 the one for several aborts the process. */
#define ZX_USE_UTF8 1 /* 1.4: text() is UTF-8, as it is in 2.x anyway */
#if __has_include(<ZXing/Version.h>)
#include <ZXing/Version.h>
#else
#include <ZXing/ZXVersion.h>
#endif
#include <ZXing/ReadBarcode.h>

#include "firmware/render/read_back_zxing.h"

#include <algorithm>
#include <cstring>
#include <string>

namespace
{

using ZXing::BarcodeFormat;

struct row {
    enum code_kind kind;
    BarcodeFormat format;
};
const row rows[] = {
    {CODE_CODE128, BarcodeFormat::Code128},
    {CODE_CODE39, BarcodeFormat::Code39},
    {CODE_CODE93, BarcodeFormat::Code93},
    {CODE_ITF, BarcodeFormat::ITF},
    {CODE_CODABAR, BarcodeFormat::Codabar},
    {CODE_EAN13, BarcodeFormat::EAN13},
    {CODE_EAN8, BarcodeFormat::EAN8},
    {CODE_UPCA, BarcodeFormat::UPCA},
    {CODE_UPCE, BarcodeFormat::UPCE},
    {CODE_QR, BarcodeFormat::QRCode},
    {CODE_DATAMATRIX, BarcodeFormat::DataMatrix},
    {CODE_PDF417, BarcodeFormat::PDF417},
    {CODE_AZTEC, BarcodeFormat::Aztec},
    {CODE_MAXICODE, BarcodeFormat::MaxiCode},
};

#if ZXING_VERSION_MAJOR >= 2
ZXing::ReaderOptions options_of(const struct look &look)
{
    ZXing::ReaderOptions options;
    options.setTryInvert(false); // our caller turns black into white where that makes sense
    options.setTextMode(ZXing::TextMode::Plain);
    options.setTryCode39ExtendedMode(false);
#else
ZXing::DecodeHints options_of(const struct look &look)
{
    ZXing::DecodeHints options;
    options.setReturnCodabarStartEnd(true); // as 2.x does
#endif
    ZXing::BarcodeFormats formats;
    for (const row &each : rows)
        if (look.kinds & CODE_BIT(each.kind)) formats |= each.format;
    options.setFormats(formats);
    options.setTryHarder(true);
    // 1.4 tries a PDF417 upside down by itself, 2.x only when told.
    options.setTryRotate(look.turned || look.kinds == CODE_BIT(CODE_PDF417));
    options.setTryDownscale(false);
    options.setIsPure(look.pure);
    options.setBinarizer(look.smooth ? ZXing::Binarizer::LocalAverage : ZXing::Binarizer::BoolCast);
    options.setMinLineCount(look.lines);
    options.setMaxNumberOfSymbols(1);
    return options;
}

// The AIM id's modifier that says FNC1 in the first place.
bool is_gs1(enum code_kind kind, const std::string &aim)
{
    if (aim.size() < 3) return false;
    const char modifier = aim[2];
    if (kind == CODE_CODE128 || kind == CODE_AZTEC) return modifier == '1';
    if (kind == CODE_DATAMATRIX) return modifier == '2';
    return kind == CODE_QR && modifier == '3';
}

bool look_at(const struct look &look, struct looked &out)
{
    const ZXing::ImageView view(look.dots, look.width, look.height, ZXing::ImageFormat::Lum);
    auto result = ZXing::ReadBarcode(view, options_of(look));
    bool upside_down = false;
#if ZXING_VERSION_MAJOR >= 2
    // A large PDF417 that stands on its head is read by 1.4, and not by 2.3.
    if (!result.isValid() && look.kinds == CODE_BIT(CODE_PDF417)) {
        result = ZXing::ReadBarcode(view.rotated(180), options_of(look));
        upside_down = true;
    }
#endif
    if (!result.isValid()) return false;
    const BarcodeFormat format = result.format();
    const row *found = std::find_if(std::begin(rows), std::end(rows),
                                    [format](const row &each) { return each.format == format; });
    if (found == std::end(rows)) return false;
    const std::string text = result.text();
    out.kind = found->kind;
    out.gs1 = is_gs1(found->kind, result.symbologyIdentifier());
    const auto &position = result.position();
    for (int i = 0; i < 4; i++) {
        const auto &corner = position[static_cast<size_t>(i)];
        out.x[i] = upside_down ? look.width - 1 - corner.x : corner.x;
        out.y[i] = upside_down ? look.height - 1 - corner.y : corner.y;
    }
    out.text_bytes = text.size();
    out.text_len = std::min(text.size(), sizeof out.text);
    std::memcpy(out.text, text.data(), out.text_len);
    return true;
}

} // namespace

extern "C" bool zxing_look(const struct look *look, struct looked *out_looked)
{
    try {
        return look_at(*look, *out_looked);
    } catch (...) { // out of memory, or a mistake of the library: this look found nothing
        return false;
    }
}

"""Texts written for these tests."""

SIMPLIFIED = (
    "清晨五点，山城的雾还没有散，邮递员老林已经把第一辆三轮车装满了。车上有学校订的课本，有药店等着的药品，还有一封从海边寄来的信。"
    "“路不好走，可是不能不走。”他说。三十一年里，他换过六双胶鞋、四辆自行车和两辆摩托车，走过的路加起来可以绕地球三圈半。"
    "今年七月，镇上开通了无人机邮路，最远的村子也只要12分钟。老林学会了看屏幕上的航线，也学会了给年轻人讲每一户人家的门朝哪边开。"
    "截至8月底，新邮路一共送出邮件1,860件，准时率达到99.2%，比去年同期提高了4.5个百分点。镇长在会上表示，明年还要再开通三条。"
)
TRADITIONAL = (
    "港口的燈塔在一九三二年點亮，那時候從海上回來的漁船只要看見它，就知道離家不遠了。守塔人姓陳，一家三代都住在塔下的石屋裡。"
    "「風大的晚上，燈不能滅。」祖父留下來的這句話，寫在牆上，也寫在每一本日誌的第一頁。後來燈改成了電燈，再後來由電腦控制，"
    "可是陳先生仍然每天傍晚走上一百二十七級台階，把玻璃擦乾淨。去年政府決定把燈塔列為古蹟，開放民眾參觀，第一個月就來了四千多人。"
    "他說，這是他第一次覺得燈塔比自己還要忙。學校的老師帶著學生來聽故事，孩子們最想知道的是：燈的光到底可以照到多遠的地方？"
)
ENGLISH = (
    "The ferry left at seven, as it had every morning since the bridge was washed away. Forty people stood on its "
    "deck, most of them on their way to the market on the other side; the rest had letters to post. \u201cWe could "
    "build a new bridge,\u201d the mayor said, \u201cbut then nobody would talk to each other.\u201d In 2019 the "
    "crossing cost 3.50 euros, and it took eleven minutes."
)
